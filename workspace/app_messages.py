"""Messages as the app receives them in events, histories and interactions."""

from workspace.files import with_full_urls
from workspace.hub import Hub
from workspace.records import Json


def format_for_app(hub: Hub, message: Json) -> Json:
    """Return the message with full file URLs, Slack's name for the streaming state, and typed text as rich text."""
    formatted = _with_rich_text(message)
    if "files" in formatted:
        formatted["files"] = [with_full_urls(hub.base_url, file) for file in formatted["files"]]
    if formatted.pop("streaming", None):
        formatted["streaming_state"] = "in_progress"
    return formatted


def without_metadata(hub: Hub, message: Json) -> Json:
    """Like `format_for_app`, without the metadata: Slack returns that only on request."""
    return {name: value for name, value in format_for_app(hub, message).items() if name != "metadata"}


def _with_rich_text(message: Json) -> Json:
    """Add the rich_text block that Slack makes of typed text."""
    if message.get("blocks") or message.get("bot_id") or not message.get("text"):
        return dict(message)
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": message["text"]}]}
    return message | {
        "blocks": [{"type": "rich_text", "block_id": f"typed{message['ts'][-6:]}", "elements": [section]}]
    }
