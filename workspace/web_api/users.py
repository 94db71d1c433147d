"""People, and the channels a person is in."""

from workspace.errors import ApiError
from workspace.records import Json
from workspace.serializers import channel_object, user_object
from workspace.web_api.call import Call, Method, paginate_items
from workspace.web_api.conversations import READ, list_visible_channels

PEOPLE = ("users:read",)


def _format_user(call: Call, user: str) -> Json:
    person = call.hub.state.people[user]
    objects = user_object(call.hub.state, person, with_locale=call.flag("include_locale"))
    if "users:read.email" in call.hub.manifest.scopes and person.email:
        objects["profile"]["email"] = person.email
    return objects


def read_user_info(call: Call) -> Json:
    return {"user": _format_user(call, call.user())}


def list_users(call: Call) -> Json:
    state = call.hub.state
    colleagues = [user for user in state.people if not state.is_outsider(user)]
    found, metadata = paginate_items(colleagues, call, default=1000)
    return {"members": [_format_user(call, user) for user in found], "cache_ts": int(call.hub.clock.now())} | metadata


def lookup_by_email(call: Call) -> Json:
    email = call.text("email", missing="users_not_found").lower()
    for person in call.hub.state.people.values():
        reachable = not person.deleted and not call.hub.state.is_outsider(person.id)
        if reachable and person.email.lower() == email:
            return {"user": _format_user(call, person.id)}
    raise ApiError("users_not_found")


def list_user_conversations(call: Call) -> Json:
    state = call.hub.state
    user = call.user() if call.text("user") else state.app.bot_user_id
    found, metadata = paginate_items(
        [channel for channel in list_visible_channels(call) if user in channel.members], call
    )
    return {"channels": [channel_object(state, channel) for channel in found]} | metadata


METHODS = {
    "users.info": Method(read_user_info, PEOPLE, tier=100),
    "users.list": Method(list_users, PEOPLE, tier=20),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",), tier=50),
    "users.conversations": Method(list_user_conversations, READ, tier=20),
}
