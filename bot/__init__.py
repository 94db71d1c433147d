"""Wiring and the only process entry: settings, composition root, the `pmo` command, clock and delivery."""
