"""What the app posts to a response_url: a new message, or a change to the message the person acted on."""

from aiohttp import web

from workspace import messages
from workspace.errors import ApiError
from workspace.hub import Hub
from workspace.interactivity import ResponseUrl
from workspace.json_text import parse_json
from workspace.records import Channel, Json
from workspace.web_api.content import check_fields

GONE = ("used_url", "expired_url", "thread_not_found")


async def serve_response_url(hub: Hub, request: web.Request) -> web.Response:
    try:
        body = parse_json(await request.read())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
    try:
        apply_response(hub, hub.response_urls.use(request.match_info["key"]), body)
    except ApiError as failure:
        status = 404 if failure.code in GONE else 400
        return web.json_response({"ok": False, "error": failure.code} | failure.extra, status=status)
    return web.Response(text="ok")


def apply_response(hub: Hub, address: ResponseUrl, body: Json) -> None:
    """Post, replace or delete as the body says.

    Raises ApiError for invalid content as chat.postMessage does, `thread_not_found`, or `message_not_found` if the
    original message no longer exists.
    """
    channel = hub.state.channels[address.channel]
    if body.get("delete_original"):
        _delete_original(hub, channel, address)
        return
    fields = check_fields(hub.state, body)
    if body.get("replace_original"):
        _replace_original(hub, channel, address, fields)
        return
    message = messages.build_app_message(hub, fields)
    if body.get("thread_ts"):
        message |= messages.build_thread_fields(hub, channel, str(body["thread_ts"]))
    if body.get("response_type") == "in_channel":
        messages.publish_message(hub, channel, message)
    else:
        messages.show_ephemeral(hub, channel, address.user, message)


def _delete_original(hub: Hub, channel: Channel, address: ResponseUrl) -> None:
    if address.ephemeral:
        ephemerals = hub.state.ephemerals[address.user, channel.id]
        ephemerals[:] = [message for message in ephemerals if message["ts"] != address.message_ts]
        frame = {"type": "message_deleted", "channel": channel.id, "ts": address.message_ts}
        hub.pages.push([address.user], frame)
        return
    messages.delete_message(hub, channel, _find_original(hub, channel, address))


def _replace_original(hub: Hub, channel: Channel, address: ResponseUrl, fields: Json) -> None:
    if not address.ephemeral:
        changed = {"blocks": None, "attachments": None} | fields
        messages.edit_message(hub, channel, _find_original(hub, channel, address), changed)
        return
    for message in hub.state.ephemerals[address.user, channel.id]:
        if message["ts"] == address.message_ts:
            message |= {"blocks": [], "attachments": []} | fields
            frame = {"type": "message_changed", "channel": channel.id, "message": message}
            hub.pages.push([address.user], frame)


def _find_original(hub: Hub, channel: Channel, address: ResponseUrl) -> Json:
    message = hub.state.find_message(channel.id, address.message_ts)
    if message is None:
        raise ApiError("message_not_found")
    return message
