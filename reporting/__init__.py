"""Above the pillars, below Slack: what is told regularly, and how it is put into words.

Lines are Slack mrkdwn in which everything that people wrote has been made harmless; titles and labels are plain text.
Turning either into blocks is for the handlers.
"""
