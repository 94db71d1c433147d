"""What operators watch the bot by: /healthz, /readyz and /metrics on a port of their own."""
