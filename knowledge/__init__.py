"""Pillar 1: the handbook, the answers in it, and where it says so. No Slack, no SQL."""
