"""What the database knows about a person: export and erasure."""
