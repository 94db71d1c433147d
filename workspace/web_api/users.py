"""People, user groups, and the channels someone is in."""

from workspace.errors import Failure
from workspace.records import Json
from workspace.shapes import channel_object, user_object
from workspace.web_api.call import Call, Method, page_of
from workspace.web_api.conversations import READ, visible

PEOPLE = ("users:read",)
GROUPS = ("usergroups:read",)


def _shown(call: Call, user: str) -> Json:
    person = call.hub.state.people[user]
    shown = user_object(call.hub.state, person)
    if "users:read.email" in call.hub.manifest.scopes and person.email:
        shown["profile"]["email"] = person.email
    return shown


def info(call: Call) -> Json:
    return {"user": _shown(call, call.user())}


def list_users(call: Call) -> Json:
    found, metadata = page_of(list(call.hub.state.people), call, default=1000)
    return {"members": [_shown(call, user) for user in found], "cache_ts": int(call.hub.clock.now())} | metadata


def lookup_by_email(call: Call) -> Json:
    email = call.text("email", missing="users_not_found").lower()
    for person in call.hub.state.people.values():
        if person.email.lower() == email:
            return {"user": _shown(call, person.id)}
    raise Failure("users_not_found")


def conversations(call: Call) -> Json:
    state = call.hub.state
    user = call.user() if call.text("user") else state.app.bot_user_id
    found, metadata = page_of([channel for channel in visible(call) if user in channel.members], call)
    return {"channels": [channel_object(state, channel) for channel in found]} | metadata


def usergroups(call: Call) -> Json:
    team = call.hub.state.team.id
    shown = [
        {"id": group.id, "team_id": team, "handle": group.handle, "name": group.name, "user_count": len(group.users)}
        | ({"users": list(group.users)} if call.flag("include_users") else {})
        for group in call.hub.state.usergroups
    ]
    return {"usergroups": shown}


def usergroup_users(call: Call) -> Json:
    wanted = call.text("usergroup", missing="no_such_subteam")
    for group in call.hub.state.usergroups:
        if group.id == wanted:
            return {"users": list(group.users)}
    raise Failure("no_such_subteam")


METHODS = {
    "users.info": Method(info, PEOPLE, tier=100),
    "users.list": Method(list_users, PEOPLE, tier=20),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",), tier=50),
    "users.conversations": Method(conversations, READ, tier=20),
    "usergroups.list": Method(usergroups, GROUPS, tier=20),
    "usergroups.users.list": Method(usergroup_users, GROUPS, tier=20),
}
