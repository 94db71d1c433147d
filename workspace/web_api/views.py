"""Modals and Home tabs."""

from workspace.errors import ApiError
from workspace.records import Json
from workspace.web_api.call import Call, Method
from workspace.web_api.content import check_view_argument


def open_view(call: Call) -> Json:
    given = check_view_argument(call, "modal")
    user = _trigger_user(call)
    view = call.hub.view_stacks.open(user, given)
    call.hub.pages.push([user], {"type": "view_opened", "view": view})
    return {"view": view}


def push_view(call: Call) -> Json:
    given = check_view_argument(call, "modal")
    user = _trigger_user(call)
    view = call.hub.view_stacks.push(user, given)
    call.hub.pages.push([user], {"type": "view_pushed", "view": view})
    return {"view": view}


def _trigger_user(call: Call) -> str:
    trigger_id = call.text("trigger_id") or call.text("interactivity_pointer", missing="invalid_arguments")
    return call.hub.triggers.exchange(trigger_id).user


def update_view(call: Call) -> Json:
    user, old = _find_view(call)
    given = check_view_argument(call, old["type"])
    _check_hash(call, old)
    if old["type"] == "home":
        return _show_home(call, user, given, old["id"])
    user, view = call.hub.view_stacks.replace(old["id"], given)
    call.hub.pages.push([user], {"type": "view_updated", "view": view})
    return {"view": view}


def _find_view(call: Call) -> tuple[str, Json]:
    """Return the person and the view by view_id or external_id. Raises ApiError `not_found`."""
    name = "id" if call.text("view_id") else "external_id"
    wanted = call.text("view_id") or call.text("external_id", missing="invalid_arguments")
    for user, home in call.hub.state.homes.items():
        if home[name] == wanted:
            return user, home
    return call.hub.view_stacks.find(wanted) if name == "id" else call.hub.view_stacks.find_external(wanted)


def publish_view(call: Call) -> Json:
    given = check_view_argument(call, "home")
    if not call.hub.manifest.home_enabled:
        raise ApiError("not_enabled")
    user = call.user("user_id")
    old = call.hub.state.homes.get(user)
    if old:
        _check_hash(call, old)
    return _show_home(call, user, given, old["id"] if old else "")


def _show_home(call: Call, user: str, given: Json, view_id: str) -> Json:
    call.hub.view_stacks.check_external_id(given, view_id)
    view = call.hub.view_stacks.build_view(user, given, view_id=view_id)
    call.hub.state.save_home(user, view)
    call.hub.pages.push([user], {"type": "home", "view": view})
    return {"view": view}


def _check_hash(call: Call, view: Json) -> None:
    # The app passes the hash of the view it knows. If the view has changed since, the update is based on old content
    # and is refused.
    if call.text("hash") and call.text("hash") != view["hash"]:
        raise ApiError("hash_conflict")


METHODS = {
    "views.open": Method(open_view, tier=100),
    "views.push": Method(push_view, tier=100),
    "views.update": Method(update_view, tier=100),
    "views.publish": Method(publish_view, tier=100),
}
