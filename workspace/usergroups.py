"""User groups over time: members added and removed, groups renamed, disabled or deleted."""

from collections.abc import Sequence
from dataclasses import replace

from workspace import events
from workspace.errors import ApiError
from workspace.hub import Hub
from workspace.records import Json, Usergroup
from workspace.state import WorkspaceState

LISTED_IN_EVENTS = 500  # Slack leaves out the members beyond these, but counts them


def usergroup_object(state: WorkspaceState, group: Usergroup) -> Json:
    """The group as Slack describes it, without its members."""
    return {
        "id": group.id,
        "team_id": state.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 0,
        "date_update": group.updated_at,
        "date_delete": group.disabled_at,
        "auto_type": None,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": "USLACKBOT",
        "updated_by": group.changed_by or "USLACKBOT",
        "deleted_by": group.changed_by if group.disabled_at else None,
        "prefs": {"channels": [], "groups": []},
        "channel_count": 0,
    }


def change_members(hub: Hub, group: Usergroup, users: Sequence[str], by: str) -> None:
    """Replace the members. The app receives `subteam_members_changed` and `subteam_updated`.

    Raises:
        ApiError: `no_users_provided`; a group that nobody is in can only be disabled.
    """
    if not users:
        raise ApiError("no_users_provided")
    added = [user for user in users if user not in group.users]
    removed = [user for user in group.users if user not in users]
    changed = _save(hub, replace(group, users=tuple(dict.fromkeys(users))), by)
    event = {
        "type": "subteam_members_changed",
        "subteam_id": group.id,
        "team_id": hub.state.team.id,
        "date_previous_update": group.updated_at,
        "date_update": changed.updated_at,
        "added_users": added,
        "added_users_count": str(len(added)),
        "removed_users": removed,
        "removed_users_count": str(len(removed)),
    }
    events.send_event(hub, event | {"event_ts": hub.clock.new_timestamp()})
    _send_updated(hub, changed)


def rename_group(hub: Hub, group: Usergroup, name: str, by: str) -> None:
    """Rename the group; the app receives `subteam_updated`."""
    _send_updated(hub, _save(hub, replace(group, name=name), by))


def set_disabled(hub: Hub, group: Usergroup, by: str, *, disabled: bool) -> None:
    """Disable the group, or enable it again; the app receives `subteam_updated`."""
    at = int(hub.clock.now()) if disabled else 0
    _send_updated(hub, _save(hub, replace(group, disabled_at=at), by))


def delete_group(hub: Hub, group: Usergroup) -> None:
    """Remove every trace, as when a group belonged to a workspace that is gone. Slack itself only disables groups."""
    del hub.state.usergroups[group.id]


def _save(hub: Hub, group: Usergroup, by: str) -> Usergroup:
    changed = replace(group, updated_at=int(hub.clock.now()), changed_by=by)
    hub.state.usergroups[group.id] = changed
    return changed


def _send_updated(hub: Hub, group: Usergroup) -> None:
    members = {"users": list(group.users[:LISTED_IN_EVENTS]), "user_count": len(group.users)}
    event = {"type": "subteam_updated", "subteam": usergroup_object(hub.state, group) | members}
    events.send_event(hub, event | {"event_ts": hub.clock.new_timestamp()})
