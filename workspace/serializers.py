"""Records as JSON: in the format of Slack's Web API, and in that of the page."""

from workspace.records import Channel, Json, Member
from workspace.state import WorkspaceState


def user_object(state: WorkspaceState, person: Member) -> Json:
    fields: Json = {
        "id": person.id,
        "team_id": state.team.id,
        "name": person.name,
        "deleted": False,
        "color": person.color,
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": 0,
        "profile": {
            "title": person.title,
            "real_name": person.real_name,
            "real_name_normalized": person.real_name,
            "display_name": person.name,
            "display_name_normalized": person.name,
            "first_name": person.real_name.split(" ")[0],
            "last_name": person.real_name.split(" ")[-1],
            "team": state.team.id,
            "status_text": "",
            "status_emoji": "",
        },
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if person.is_bot:
        fields["profile"] |= {"api_app_id": state.app.id, "bot_id": state.app.bot_id}
    return fields


def channel_object(state: WorkspaceState, channel: Channel) -> Json:
    bot = state.app.bot_user_id
    common: Json = {"id": channel.id, "created": channel.created, "is_archived": False, "is_im": channel.is_im}
    if channel.is_im:
        other = next((user for user in channel.members if user != bot), bot)
        return common | {
            "user": other,
            "is_org_shared": False,
            "is_user_deleted": False,
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
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "unlinked": 0,
        "creator": next(iter(channel.members), ""),
        "context_team_id": state.team.id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def page_user(person: Member) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "title": person.title,
        "is_bot": person.is_bot,
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
        "topic": channel.topic,
        "unread": state.count_unread(viewer, channel.id) if viewer in channel.members else 0,
        "is_member": viewer in channel.members,
        "members": list(channel.members),
        "latest": latest["ts"] if latest else None,
    }
    if channel.is_im:
        other = next((user for user in channel.members if user != viewer), viewer)
        fields |= {"user": other, "name": state.people[other].real_name if other in state.people else other}
    return fields


def can_read_channel(channel: Channel, user: str) -> bool:
    """Whether this person can read the channel: everyone reads public ones, only members the others."""
    return user in channel.members or not channel.is_private
