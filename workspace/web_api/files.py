"""Files: get an upload URL, complete the upload, and share the file."""

from typing import Any

from workspace import files, messages, sharing
from workspace.errors import ApiError
from workspace.records import Channel, Json
from workspace.web_api.call import Call, Method
from workspace.web_api.chat import build_reply_fields, find_writable_channel

WRITE = ("files:write",)


def get_upload_url(call: Call) -> Json:
    name = call.text("filename", missing="invalid_arguments")
    length = call.number("length", 0)
    if length < 1:
        raise ApiError("invalid_arguments")
    if length > files.FILE_AT_MOST:
        raise ApiError("file_too_large")
    if len(call.text("alt_txt")) > files.DESCRIPTION_AT_MOST:
        raise ApiError("alt_txt_too_large")
    file_id, ticket = call.hub.uploads.start(name, length, call.text("alt_txt"))
    return {"upload_url": f"{call.hub.base_url}/upload/v1/{ticket}", "file_id": file_id}


def complete_upload(call: Call) -> Json:
    given = call.structure("files")
    if not isinstance(given, list) or not given:
        raise ApiError("invalid_arguments")
    channels = [_find_target(call, channel) for channel in _list_targets(call)]
    thread_ts = call.text("thread_ts")
    threads = {channel.id: build_reply_fields(call, channel, thread_ts) if thread_ts else {} for channel in channels}
    done = [_create_file(call, item) for item in given]
    for channel in channels:
        _share_files(call, channel, done, threads[channel.id])
    return {"files": [files.with_full_urls(call.hub.base_url, file) for file in done]}


def _create_file(call: Call, item: Any) -> Json:
    if not isinstance(item, dict):
        raise ApiError("invalid_arguments")
    state = call.hub.state
    return files.create_file(
        state, call.hub.uploads, str(item.get("id")), str(item.get("title") or ""), state.app.bot_user_id
    )


def _list_targets(call: Call) -> list[str]:
    several = call.args.get("channels")
    listed = several if isinstance(several, list) else str(several or "").split(",")
    return [str(channel) for channel in (call.text("channel_id"), *listed) if channel]


def _find_target(call: Call, channel: str) -> Channel:
    return find_writable_channel(Call(call.hub, call.method, {"channel": channel}))


def _share_files(call: Call, channel: Channel, shared: list[Json], fields: Json) -> None:
    content = {"text": call.text("initial_comment"), "upload": True} | fields
    sharing.publish_with_files(call.hub, channel, messages.build_app_message(call.hub, content), shared)


def read_file_info(call: Call) -> Json:
    file = call.hub.state.files.get(call.text("file", missing="file_not_found"))
    if file is None:
        raise ApiError("file_not_found")
    shown = files.with_full_urls(call.hub.base_url, file)
    return {"file": shown, "comments": [], "response_metadata": {"next_cursor": ""}}


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, WRITE, tier=100),
    "files.completeUploadExternal": Method(complete_upload, WRITE, tier=100),
    "files.info": Method(read_file_info, ("files:read",), tier=100),
}
