"""Pillar 3: the organisation's objectives, their progress, and the updates and stories about them.

Plain records and rules over them. Nothing here knows Slack, tables or templates; `now` and `today` are parameters.
"""
