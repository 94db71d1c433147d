"""A local, Slack-compatible workspace: Web API, Socket Mode and one web page, for trying out and testing any Slack app.

It speaks only HTTP and WebSocket, and knows nothing about the app that connects to it.
"""
