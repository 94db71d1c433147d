"""Files: an address to upload to, the bytes, and sharing."""

from typing import Any

from workspace import events, files, messages
from workspace.errors import Failure
from workspace.hub import Hub
from workspace.records import Channel, Json
from workspace.web_api.call import Call, Method
from workspace.web_api.chat import thread_fields, writable

WRITE = ("files:write",)


def upload_address(call: Call) -> Json:
    name = call.text("filename", missing="invalid_arguments")
    length = call.number("length", 0)
    if length < 1:
        raise Failure("invalid_arguments")
    if length > files.FILE_AT_MOST:
        raise Failure("file_too_large")
    if len(call.text("alt_txt")) > files.DESCRIPTION_AT_MOST:
        raise Failure("alt_txt_too_large")
    file_id, ticket = call.hub.uploads.begin(name, length, call.text("alt_txt"))
    return {"upload_url": f"{call.hub.base_url}/upload/v1/{ticket}", "file_id": file_id}


def complete(call: Call) -> Json:
    given = call.structure("files")
    if not isinstance(given, list) or not given:
        raise Failure("invalid_arguments")
    channels = [_share_in(call, channel) for channel in _channels(call)]
    thread_ts = call.text("thread_ts")
    threads = {channel.id: thread_fields(call, channel, thread_ts) if thread_ts else {} for channel in channels}
    done = [_finish(call, item) for item in given]
    for channel in channels:
        _share(call, channel, done, threads[channel.id])
    return {"files": [files.absolute(call.hub.base_url, file) for file in done]}


def _finish(call: Call, item: Any) -> Json:
    if not isinstance(item, dict):
        raise Failure("invalid_arguments")
    state = call.hub.state
    return files.finish(
        state, call.hub.uploads, str(item.get("id")), str(item.get("title") or ""), state.app.bot_user_id
    )


def _channels(call: Call) -> list[str]:
    several = call.args.get("channels")
    listed = several if isinstance(several, list) else str(several or "").split(",")
    return [str(channel) for channel in (call.text("channel_id"), *listed) if channel]


def _share_in(call: Call, channel: str) -> Channel:
    return writable(Call(call.hub, call.method, {"channel": channel}))


def _share(call: Call, channel: Channel, shared: list[Json], fields: Json) -> None:
    hub = call.hub
    content = {"text": call.text("initial_comment"), "files": shared, "upload": True, "subtype": "file_share"}
    message = messages.post(hub, channel, messages.by_the_app(hub, content | fields))
    for file in shared:
        _note_share(hub, file, channel, message["ts"])


def _note_share(hub: Hub, file: Json, channel: Channel, ts: str) -> None:
    place = "ims" if channel.is_im else "groups" if channel.is_private else "channels"
    if channel.id not in file[place]:
        file[place].append(channel.id)
    file["is_public"] = file["is_public"] or place == "channels"
    hub.state.keep_file(file)
    event = {"type": "file_shared", "file_id": file["id"], "user_id": file["user"], "file": {"id": file["id"]}}
    events.send(hub, event | {"channel_id": channel.id, "event_ts": ts})


def info(call: Call) -> Json:
    file = call.hub.state.files.get(call.text("file", missing="file_not_found"))
    if file is None:
        raise Failure("file_not_found")
    shown = files.absolute(call.hub.base_url, file)
    return {"file": shown, "comments": [], "response_metadata": {"next_cursor": ""}}


METHODS = {
    "files.getUploadURLExternal": Method(upload_address, WRITE, tier=100),
    "files.completeUploadExternal": Method(complete, WRITE, tier=100),
    "files.info": Method(info, ("files:read",), tier=100),
}
