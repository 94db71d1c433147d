"""Pillar 3: where the organisation wants to go, how far it is, and who tells it.

Plain records and rules over them. Nothing here knows Slack, tables or templates; `now` and `today` are parameters.
"""
