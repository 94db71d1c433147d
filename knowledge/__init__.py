"""Pillar 1: the handbook, what in it answers a question, and where it says so. No Slack, no SQL."""
