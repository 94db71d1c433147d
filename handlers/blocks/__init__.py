"""Records → Block Kit, pure functions: no clock, no database, no network."""
