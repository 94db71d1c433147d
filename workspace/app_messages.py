"""A message as the app gets it, in events, in histories and with interactions."""

from workspace.files import with_full_urls
from workspace.hub import Hub
from workspace.records import Json


def format_for_app(hub: Hub, message: Json) -> Json:
    """With whole file addresses, the streaming state by Slack's name, and what a person typed as rich text."""
    shown = _with_rich_text(message)
    if "files" in shown:
        shown["files"] = [with_full_urls(hub.base_url, file) for file in shown["files"]]
    if shown.pop("streaming", None):
        shown["streaming_state"] = "in_progress"
    return shown


def without_metadata(hub: Hub, message: Json) -> Json:
    """The same without the message's metadata, which only comes when it is asked for."""
    return {name: value for name, value in format_for_app(hub, message).items() if name != "metadata"}


def _with_rich_text(message: Json) -> Json:
    """Slack turns what a person types into one rich_text block."""
    if message.get("blocks") or message.get("bot_id") or not message.get("text"):
        return dict(message)
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": message["text"]}]}
    return message | {
        "blocks": [{"type": "rich_text", "block_id": f"typed{message['ts'][-6:]}", "elements": [section]}]
    }
