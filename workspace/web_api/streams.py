"""Streaming a message: start, append, stop."""

from collections.abc import Sequence
from copy import deepcopy

from workspace import messages
from workspace.app_view import without_metadata
from workspace.block_ids import with_ids
from workspace.checks import check_chunks, check_message
from workspace.checks.message import LONGEST_MARKDOWN
from workspace.errors import Failure
from workspace.records import Channel, Json
from workspace.streams import Stream
from workspace.web_api.call import Call, Method
from workspace.web_api.chat import WRITE, own_message, thread_fields, writable
from workspace.web_api.content import checked_fields, refuse, with_files

DISPLAYS = ("timeline", "plan")


def _grown(call: Call, stream: Stream) -> Stream:
    """The stream with what this call adds to it; the one it was stays as it is until all of that is known to fit."""
    markdown, chunks = call.text("markdown_text"), call.structure("chunks", "invalid_chunks") or []
    if markdown and chunks:
        raise Failure("cannot_provide_both_markdown_text_and_chunks")
    if len(markdown) > LONGEST_MARKDOWN:
        raise Failure("msg_too_long")
    refuse(check_chunks(chunks))
    grown = deepcopy(stream)
    grown.take(markdown, chunks)
    return grown


def _fields(call: Call, stream: Stream, last: Sequence[Json] = ()) -> Json:
    """Text and blocks of the message so far, `last` at its end. Raises Failure if Slack would not show them."""
    blocks = [*stream.blocks(), *last]
    refuse(check_message({"text": stream.text() or " ", "blocks": [_checkable(block) for block in blocks]}))
    return {"text": stream.text(), "blocks": with_files(call.hub.state, blocks, "/blocks")}


def _checkable(block: Json) -> Json:
    """A task that is streamed may be pending, where a task_card that is posted may not."""
    return block | {"status": "in_progress"} if block.get("status") == "pending" else block


def start(call: Call) -> Json:
    channel = writable(call)
    fields = thread_fields(call, channel, call.text("thread_ts", missing="invalid_thread_ts"))
    if not channel.is_im:
        call.text("recipient_user_id", missing="missing_recipient_user_id")
        call.text("recipient_team_id", missing="missing_recipient_team_id")
    display = call.text("task_display_mode") or DISPLAYS[0]
    if display not in DISPLAYS:
        raise Failure("invalid_arguments")
    stream = _grown(call, call.hub.streams.begin(display))
    content = _fields(call, stream) | {"streaming": True}
    message = messages.post(call.hub, channel, messages.by_the_app(call.hub, fields | content))
    call.hub.streams.keep(channel.id, message["ts"], stream)
    return {"channel": channel.id, "ts": message["ts"]}


def append(call: Call) -> Json:
    channel, message, stream = _open_stream(call)
    if not call.text("markdown_text") and not call.structure("chunks", "invalid_chunks"):
        raise Failure("no_text")
    grown = _grown(call, stream)
    message |= _fields(call, grown)
    call.hub.streams.keep(channel.id, message["ts"], grown)
    messages.show_change(call.hub, channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


def stop(call: Call) -> Json:
    channel, message, stream = _open_stream(call)
    grown = _grown(call, stream)
    ending = {
        "blocks": call.structure("blocks", "invalid_blocks_format"),
        "metadata": call.structure("metadata", "invalid_metadata_format"),
    }
    final = checked_fields(call.hub.state, ending | {"text": grown.text() or " "})
    fields = _fields(call, grown, with_ids(ending["blocks"] or []))
    changed = {"text": fields["text"], "blocks": fields["blocks"] or None, "metadata": final.get("metadata")}
    call.hub.streams.end(channel.id, message["ts"])
    messages.change(call.hub, channel, message, changed | {"streaming": None})
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
