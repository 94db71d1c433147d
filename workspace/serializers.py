"""Records as JSON: in the format of Slack's Web API, and in that of the page."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from workspace.records import Channel, Json, Member
from workspace.state import WorkspaceState


def user_object(state: WorkspaceState, person: Member, *, with_locale: bool = False) -> Json:
    """The person as `users.info` returns them. Slack leaves out much about deactivated people and outsiders."""
    fields = _identify_user(state, person)
    if person.deleted:
        return fields
    fields |= {
        "color": person.color,
        "real_name": person.real_name,
        **_read_time_zone(state, person),
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_email_confirmed": not person.is_bot,
        "who_can_share_contact_card": "EVERYONE",
    }
    if state.is_outsider(person.id):
        return fields | {"is_stranger": state.is_stranger(person.id)}
    if with_locale:
        fields["locale"] = person.locale
    return fields | {"is_admin": False, "is_owner": False, "is_primary_owner": False}


def _identify_user(state: WorkspaceState, person: Member) -> Json:
    """What `users.info` returns about everybody, deactivated people included."""
    fields: Json = {
        "id": person.id,
        "team_id": state.find_team(person.id).id,
        "name": person.name,
        "deleted": person.deleted,
        "profile": {
            "title": person.title,
            "real_name": person.real_name,
            "real_name_normalized": person.real_name,
            "display_name": person.name,
            "display_name_normalized": person.name,
            "first_name": person.real_name.split(" ")[0],
            "last_name": person.real_name.split(" ")[-1],
            "team": state.find_team(person.id).id,
            "status_text": "",
            "status_emoji": "",
        },
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if person.is_bot:
        identity = state.find_bot(person.id)
        fields["profile"] |= {"api_app_id": identity["app_id"], "bot_id": identity["bot_id"]}
        fields["is_workflow_bot"] = person.is_workflow_bot
    return fields


def _read_time_zone(state: WorkspaceState, person: Member) -> Json:
    shift = datetime.fromtimestamp(state.clock.now(), UTC).astimezone(ZoneInfo(person.tz)).utcoffset()
    return {"tz": person.tz, "tz_label": person.tz, "tz_offset": int(shift.total_seconds()) if shift else 0}


def profile_in_message(state: WorkspaceState, person: Member) -> Json:
    """The `user_profile` that messages of outsiders carry, because the app may not know them."""
    return {
        "avatar_hash": "",
        "image_72": "",
        "first_name": person.real_name.split(" ")[0],
        "real_name": person.real_name,
        "display_name": person.name,
        "team": state.find_team(person.id).id,
        "name": person.name,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
    }


def channel_object(state: WorkspaceState, channel: Channel) -> Json:
    bot = state.app.bot_user_id
    common: Json = {"id": channel.id, "created": channel.created, "is_im": channel.is_im}
    common["is_archived"] = channel.is_archived
    shared = state.is_shared(channel)
    common |= {"is_shared": shared, "is_ext_shared": shared, "is_org_shared": False}
    if channel.is_im:
        other = next((user for user in channel.members if user != bot), bot)
        return common | {
            "user": other,
            "is_user_deleted": other in state.people and state.people[other].deleted,
            "priority": 0,
            "is_open": True,
        }
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private and not channel.is_mpim,
        "is_mpim": channel.is_mpim,
        "is_private": channel.is_private,
        "is_general": channel.name == "general",
        "is_member": bot in channel.members,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "shared_team_ids": [state.team.id, *channel.connected_team_ids],
        "unlinked": 0,
        "creator": next(iter(channel.members), ""),
        "context_team_id": state.team.id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def channel_connections(state: WorkspaceState, channel: Channel) -> Json:
    """What only `conversations.info` says about a shared channel."""
    if not channel.connected_team_ids:
        return {}
    return {
        "conversation_host_id": state.team.id,
        "internal_team_ids": [state.team.id],
        "connected_team_ids": channel.connected_team_ids,
        "pending_connected_team_ids": [],
    }


def describe_kind(state: WorkspaceState, person: Member) -> str:
    """What kind of person this is, in a few words for the page; empty for a usual member."""
    if person.deleted:
        return "deactivated"
    if state.is_outsider(person.id):
        return f"from {state.find_team(person.id).name}"
    if person.is_guest:
        return "guest of one channel" if person.is_ultra_restricted else "guest"
    return "workflow" if person.is_workflow_bot else ""


def page_user(state: WorkspaceState, person: Member) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "title": person.title,
        "is_bot": person.is_bot,
        "is_self_app": person.id == state.app.bot_user_id,
        "kind": describe_kind(state, person),
        "color": person.color,
    }


def page_channel(state: WorkspaceState, channel: Channel, viewer: str) -> Json:
    bot = state.app.bot_user_id
    latest = state.timelines[channel.id].latest()
    fields = {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_im": channel.is_im,
        "is_app": channel.is_im and bot in channel.members,
        "is_mpim": channel.is_mpim,
        "is_archived": channel.is_archived,
        "is_shared": state.is_shared(channel) and not channel.is_im,
        "topic": channel.topic,
        "unread": state.count_unread(viewer, channel.id) if viewer in channel.members else 0,
        "is_member": viewer in channel.members,
        "members": list(channel.members),
        "latest": latest["ts"] if latest else None,
    }
    if channel.is_im:
        other = next((user for user in channel.members if user != viewer), viewer)
        fields |= {"user": other, "name": state.people[other].real_name if other in state.people else other}
    if channel.is_mpim:
        others = [state.people[user].real_name for user in channel.members if user != viewer and user in state.people]
        fields["name"] = ", ".join(others)
    return fields
