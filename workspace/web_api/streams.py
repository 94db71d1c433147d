"""Streaming a message: start, append, stop."""

from typing import Any

from workspace import messages
from workspace.app_view import without_metadata
from workspace.checks import check_message
from workspace.errors import Failure
from workspace.records import Channel, Json
from workspace.streams import Stream
from workspace.web_api.call import Call, Method
from workspace.web_api.chat import WRITE, own_message, thread_fields, writable
from workspace.web_api.content import checked_fields, refuse

MARKDOWN_AT_MOST = 12_000
DISPLAYS = ("timeline", "plan")


def _content(call: Call) -> tuple[str, list[Any]]:
    markdown, chunks = call.text("markdown_text"), call.structure("chunks", "invalid_chunks")
    if len(markdown) > MARKDOWN_AT_MOST:
        raise Failure("msg_too_long")
    if chunks is not None and not isinstance(chunks, list):
        raise Failure("invalid_chunks")
    return markdown, chunks or []


def start(call: Call) -> Json:
    channel = writable(call)
    fields = thread_fields(call, channel, call.text("thread_ts", missing="invalid_thread_ts"))
    if not channel.is_im:
        call.text("recipient_user_id", missing="missing_recipient_user_id")
        call.text("recipient_team_id", missing="missing_recipient_team_id")
    display = call.text("task_display_mode") or DISPLAYS[0]
    if display not in DISPLAYS:
        raise Failure("invalid_arguments")
    stream = call.hub.streams.begin(display)
    stream.take(*_content(call))
    content = {"text": stream.text(), "blocks": stream.blocks(), "streaming": True}
    message = messages.post(call.hub, channel, messages.by_the_app(call.hub, fields | content))
    call.hub.streams.keep(channel.id, message["ts"], stream)
    return {"channel": channel.id, "ts": message["ts"]}


def append(call: Call) -> Json:
    channel, message, stream = _open_stream(call)
    markdown, chunks = _content(call)
    if not markdown and not chunks:
        raise Failure("no_text")
    stream.take(markdown, chunks)
    message |= {"text": stream.text(), "blocks": stream.blocks()}
    messages.show_change(call.hub, channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


def stop(call: Call) -> Json:
    channel, message, stream = _open_stream(call)
    stream.take(*_content(call))
    ending = {"blocks": call.structure("blocks", "invalid_blocks_format"), "metadata": call.structure("metadata")}
    given = {name: value for name, value in ending.items() if value}
    final = checked_fields(call.hub.state, given | {"text": stream.text() or " "}) if given else {}
    blocks = [*stream.blocks(), *final.get("blocks", [])]
    refuse(check_message({"text": stream.text() or " ", "blocks": blocks}))
    changed = {"text": stream.text(), "blocks": blocks or None, "streaming": None, "metadata": final.get("metadata")}
    call.hub.streams.end(channel.id, message["ts"])
    messages.change(call.hub, channel, message, changed)
    return {"channel": channel.id, "ts": message["ts"], "message": without_metadata(call.hub, message)}


def _open_stream(call: Call) -> tuple[Channel, Json, Stream]:
    channel, message = own_message(call, "message_not_owned_by_app")
    try:
        return channel, message, call.hub.streams.find(channel.id, message["ts"])
    except Failure:
        if message.pop("streaming", None):
            messages.show_change(call.hub, channel, message)
        raise


METHODS = {
    "chat.startStream": Method(start, WRITE, tier=20),
    "chat.appendStream": Method(append, WRITE, tier=100),
    "chat.stopStream": Method(stop, WRITE, tier=20),
}
