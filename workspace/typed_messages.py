"""What people write: messages with or without files, their edits and deletions."""

from dataclasses import dataclass, field

from workspace import membership, messages, sharing
from workspace.errors import ApiError
from workspace.hub import Hub
from workspace.records import Channel, Json
from workspace.typed_text import encode_typed_text

NOT_YOURS = "You can only change your own messages."


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as typed. `broadcast` also sends a reply to the channel; `files` are ids of uploaded files."""

    text: str
    thread_ts: str = ""
    broadcast: bool = False
    files: tuple[str, ...] = ()
    fields: Json = field(default_factory=dict)


def post_draft(hub: Hub, user: str, channel: Channel, draft: Draft) -> Json:
    """Post a person's message. Raises ApiError if they may not, or if nothing was written."""
    check_can_write(hub, user, channel)
    if not draft.text.strip() and not draft.files:
        raise ApiError("no_text", message="Write a message first.")
    stored = encode_typed_text(hub.state, draft.text)
    message: Json = {"text": stored, **_sign_message(hub, user), **draft.fields}
    if draft.thread_ts:
        message |= messages.build_thread_fields(hub, channel, draft.thread_ts)
        message |= {"subtype": "thread_broadcast"} if draft.broadcast else {}
    posted = _publish(hub, user, channel, message, draft.files)
    membership.warn_if_absent(hub, channel, user, stored)
    if not draft.thread_ts:
        hub.state.mark_read(user, channel.id, posted["ts"])
    return posted


def _publish(hub: Hub, user: str, channel: Channel, message: Json, wanted: tuple[str, ...]) -> Json:
    if not wanted:
        return messages.publish_message(hub, channel, message)
    files = [hub.state.files.get(file_id) for file_id in wanted]
    known = [file for file in files if file and file["user"] == user]
    if len(known) < len(wanted):
        raise ApiError("file_not_found", message="A file is no longer there. Attach it again.")
    return sharing.publish_with_files(hub, channel, message | {"upload": False, "display_as_bot": False}, known)


def check_can_write(hub: Hub, user: str, channel: Channel) -> None:
    """Raises ApiError if this person may not post in this channel."""
    if channel.is_archived:
        raise ApiError("is_archived", message=f"#{channel.name} is archived.")
    if user not in channel.members:
        raise ApiError("not_in_channel", message=f"Join #{channel.name} to post in it.")
    manifest = hub.manifest
    turned_off = not manifest.messages_enabled or manifest.messages_read_only
    if turned_off and channel.is_im and hub.state.has_bot(channel):
        raise ApiError("restricted_action", message="Sending messages to this app has been turned off.")


def edit_own_message(hub: Hub, user: str, channel: Channel, ts: str, text: str) -> None:
    """Change the text of one's own message. The same text again changes nothing, as in Slack."""
    message = _find_own_message(hub, user, channel, ts)
    if not text.strip() and not message.get("files"):
        raise ApiError("no_text", message="Write a message first, or delete this one.")
    stored = encode_typed_text(hub.state, text)
    if stored != message["text"]:
        messages.edit_message(hub, channel, message, {"text": stored, "blocks": None}, edited_by=user)


def delete_own_message(hub: Hub, user: str, channel: Channel, ts: str) -> None:
    messages.delete_message(hub, channel, _find_own_message(hub, user, channel, ts))


def _find_own_message(hub: Hub, user: str, channel: Channel, ts: str) -> Json:
    check_can_write(hub, user, channel)
    message = hub.state.find_message(channel.id, ts)
    if message is None:
        raise ApiError("message_not_found")
    if message.get("user") != user:
        raise ApiError("cant_update_message", message=NOT_YOURS)
    return message


def _sign_message(hub: Hub, user: str) -> Json:
    """Who wrote it: a person, another bot, or a workflow, whose messages name no user."""
    person = hub.state.people[user]
    if person.is_workflow_bot:
        return {"subtype": "bot_message", "username": person.real_name, **hub.state.find_bot(user)}
    return {"user": user, **(hub.state.find_bot(user) if person.is_bot else {})}


def post_about_oneself(hub: Hub, user: str, channel: Channel, text: str) -> Json:
    """`/me reads the handbook`."""
    return post_draft(hub, user, channel, Draft(text, fields={"subtype": "me_message"}))
