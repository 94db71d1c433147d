"""User groups and their members."""

from workspace.errors import ApiError
from workspace.records import Json
from workspace.usergroups import usergroup_object
from workspace.web_api.call import Call, Method

SCOPES = ("usergroups:read",)


def list_usergroups(call: Call) -> Json:
    """Slack counts and lists the members only if asked to, and gives the count as text."""
    groups = [one for one in call.hub.state.usergroups.values() if call.flag("include_disabled") or not one.disabled_at]
    objects = []
    for group in groups:
        described = usergroup_object(call.hub.state, group)
        described |= {"user_count": str(len(group.users))} if call.flag("include_count") else {}
        described |= {"users": list(group.users)} if call.flag("include_users") else {}
        objects.append(described)
    return {"usergroups": objects}


def list_usergroup_users(call: Call) -> Json:
    group = call.hub.state.usergroups.get(call.text("usergroup", missing="no_such_subteam"))
    # A disabled group is found only if it's asked for.
    if group is None or (group.disabled_at and not call.flag("include_disabled")):
        raise ApiError("no_such_subteam")
    return {"users": list(group.users)}


METHODS = {
    "usergroups.list": Method(list_usergroups, SCOPES, tier=20),
    "usergroups.users.list": Method(list_usergroup_users, SCOPES, tier=20),
}
