"""A local, Slack-compatible workspace: Web API, Socket Mode and one web page, for trying and testing any Slack app.

It speaks HTTP and WebSocket only and knows nothing about the app that connects to it.
"""
