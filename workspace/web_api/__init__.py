"""The Web API: one file per family of methods, collected here by name."""

from workspace.web_api import (
    assistant,
    auth,
    chat,
    conversations,
    files,
    pins,
    reactions,
    streams,
    team,
    usergroups,
    users,
    views,
)
from workspace.web_api.call import Method

METHODS: dict[str, Method] = {
    **assistant.METHODS,
    **auth.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **pins.METHODS,
    **reactions.METHODS,
    **streams.METHODS,
    **team.METHODS,
    **usergroups.METHODS,
    **users.METHODS,
    **views.METHODS,
}
