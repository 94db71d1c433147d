"""Messages with files: post one, and record where each file was shared."""

from collections.abc import Sequence

from workspace import events, messages
from workspace.hub import Hub
from workspace.records import Channel, Json


def publish_with_files(hub: Hub, channel: Channel, message: Json, files: Sequence[Json]) -> Json:
    """Post a message that shares these files. Its subtype is `file_share` unless it has one already."""
    posted = messages.publish_message(hub, channel, {"subtype": "file_share", **message, "files": list(files)})
    for file in files:
        _record_share(hub, file, channel, posted)
    return posted


def _record_share(hub: Hub, file: Json, channel: Channel, message: Json) -> None:
    place = "ims" if channel.is_im else "groups" if channel.is_private else "channels"
    if channel.id not in file[place]:
        file[place].append(channel.id)
    file["is_public"] = file["is_public"] or place == "channels"
    hub.state.save_file(file)
    event = {"type": "file_shared", "file_id": file["id"], "user_id": file["user"], "file": {"id": file["id"]}}
    event |= {"channel_id": channel.id, "event_ts": message["ts"]}
    events.send_event(hub, event, channel, file["user"])
