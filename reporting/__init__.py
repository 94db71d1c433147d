"""Above the pillars, below Slack: digests, views, posts and charts, as text and figures.

Lines are Slack mrkdwn in which everything that people wrote has been made harmless; titles and labels are plain text.
The handlers turn both into blocks.
"""
