"""Stream a message: start, append, stop."""

from collections.abc import Sequence
from copy import deepcopy

from workspace import messages
from workspace.app_messages import without_metadata
from workspace.block_ids import add_missing_ids
from workspace.checks import check_chunks, check_message
from workspace.checks.message import LONGEST_MARKDOWN
from workspace.errors import ApiError
from workspace.records import Channel, Json
from workspace.streams import Stream
from workspace.web_api.call import Call, Method
from workspace.web_api.chat import WRITE, build_reply_fields, find_app_message, find_writable_channel
from workspace.web_api.content import check_fields, raise_violations, resolve_files

DISPLAYS = ("timeline", "plan")


def _extend_stream(call: Call, stream: Stream) -> Stream:
    """Return a copy of the stream with the content of this call. The original changes only if all of it is valid."""
    markdown, chunks = call.text("markdown_text"), call.structure("chunks", "invalid_chunks") or []
    if markdown and chunks:
        raise ApiError("cannot_provide_both_markdown_text_and_chunks")
    if len(markdown) > LONGEST_MARKDOWN:
        raise ApiError("msg_too_long")
    raise_violations(check_chunks(chunks))
    extended = deepcopy(stream)
    extended.append(markdown, chunks)
    return extended


def _message_fields(call: Call, stream: Stream, last: Sequence[Json] = ()) -> Json:
    """Return the text and blocks of the message so far, followed by `last`. Raises ApiError for invalid content."""
    blocks = [*stream.blocks(), *last]
    raise_violations(check_message({"text": stream.text() or " ", "blocks": [_checkable(block) for block in blocks]}))
    return {"text": stream.text(), "blocks": resolve_files(call.hub.state, blocks, "/blocks")}


def _checkable(block: Json) -> Json:
    """Make a block checkable as a posted one: a streamed task may be pending, a posted task_card may not."""
    return block | {"status": "in_progress"} if block.get("status") == "pending" else block


def start_stream(call: Call) -> Json:
    channel = find_writable_channel(call)
    fields = build_reply_fields(call, channel, call.text("thread_ts", missing="invalid_thread_ts"))
    if not channel.is_im:
        call.text("recipient_user_id", missing="missing_recipient_user_id")
        call.text("recipient_team_id", missing="missing_recipient_team_id")
    display = call.text("task_display_mode") or DISPLAYS[0]
    if display not in DISPLAYS:
        raise ApiError("invalid_arguments")
    stream = _extend_stream(call, call.hub.streams.new_stream(display))
    content = _message_fields(call, stream) | {"streaming": True}
    message = messages.publish_message(call.hub, channel, messages.build_app_message(call.hub, fields | content))
    call.hub.streams.save(channel.id, message["ts"], stream)
    return {"channel": channel.id, "ts": message["ts"]}


def append_stream(call: Call) -> Json:
    channel, message, stream = _find_open_stream(call)
    if not call.text("markdown_text") and not call.structure("chunks", "invalid_chunks"):
        raise ApiError("no_text")
    extended = _extend_stream(call, stream)
    message |= _message_fields(call, extended)
    call.hub.streams.save(channel.id, message["ts"], extended)
    messages.push_change(call.hub, channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


def stop_stream(call: Call) -> Json:
    channel, message, stream = _find_open_stream(call)
    extended = _extend_stream(call, stream)
    ending = {
        "blocks": call.structure("blocks", "invalid_blocks_format"),
        "metadata": call.structure("metadata", "invalid_metadata_format"),
    }
    final = check_fields(call.hub.state, ending | {"text": extended.text() or " "})
    fields = _message_fields(call, extended, add_missing_ids(ending["blocks"] or []))
    changed = {"text": fields["text"], "blocks": fields["blocks"] or None, "metadata": final.get("metadata")}
    call.hub.streams.close(channel.id, message["ts"])
    messages.edit_message(call.hub, channel, message, changed | {"streaming": None})
    return {"channel": channel.id, "ts": message["ts"], "message": without_metadata(call.hub, message)}


def _find_open_stream(call: Call) -> tuple[Channel, Json, Stream]:
    channel, message = find_app_message(call, "message_not_owned_by_app")
    try:
        return channel, message, call.hub.streams.find(channel.id, message["ts"])
    except ApiError:
        if message.pop("streaming", None):
            messages.push_change(call.hub, channel, message)
        raise


METHODS = {
    "chat.startStream": Method(start_stream, WRITE, tier=20),
    "chat.appendStream": Method(append_stream, WRITE, tier=100),
    "chat.stopStream": Method(stop_stream, WRITE, tier=20),
}
