"""A language model that the organisation has, behind any address that speaks the OpenAI protocol. Off by default."""
