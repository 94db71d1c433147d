"""Identify the token, and open the app's sockets."""

from workspace.records import Json
from workspace.socket_mode import CONNECTIONS_AT_MOST
from workspace.web_api.call import Call, Method


def echo_arguments(call: Call) -> Json:
    return {"args": call.args}


def check_auth(call: Call) -> Json:
    state = call.hub.state
    return {
        "url": f"{call.hub.base_url}/",
        "team": state.team.name,
        "user": state.people[state.app.bot_user_id].name,
        "team_id": state.team.id,
        "user_id": state.app.bot_user_id,
        "bot_id": state.app.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(call: Call) -> Json:
    ticket = call.hub.sockets.new_ticket()
    address = call.hub.base_url.replace("http", "ws", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={call.hub.state.app.id}"}


# apps.connections.open is in Slack's tier 1: about one call a minute, with short bursts. An app must be able to open
# all of its sockets at once, so the burst is the number of connections allowed.
METHODS = {
    "api.test": Method(echo_arguments, tier=100, by="any"),
    "auth.test": Method(check_auth, tier=600),
    "apps.connections.open": Method(open_connection, tier=CONNECTIONS_AT_MOST, by="app"),
}
