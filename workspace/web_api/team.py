"""The team and the app's bot."""

from workspace.errors import ApiError
from workspace.records import Json
from workspace.web_api.call import Call, Method


def read_team_info(call: Call) -> Json:
    team = call.hub.state.team
    wanted = call.text("team")
    if wanted and wanted != team.id:
        raise ApiError("team_not_found")
    fields = {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}
    return {"team": fields | {"url": f"{call.hub.base_url}/"}}


def read_bot_info(call: Call) -> Json:
    app = call.hub.state.app
    if call.text("bot") not in ("", app.bot_id):
        raise ApiError("bot_not_found")
    fields = {"id": app.bot_id, "deleted": False, "name": app.bot_name, "updated": 0}
    return {"bot": fields | {"app_id": app.id, "user_id": app.bot_user_id, "icons": {}}}


METHODS = {
    "team.info": Method(read_team_info, ("team:read",), tier=50),
    "bots.info": Method(read_bot_info, ("users:read",), tier=50),
}
