"""Questions that are answered from records: read by a small grammar, answered with data the asker may see."""
