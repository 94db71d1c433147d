"""The Web API: one file a family of methods, collected here by name."""

from workspace.web_api import auth, chat, conversations, users, views
from workspace.web_api.call import Method

METHODS: dict[str, Method] = {
    **auth.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **users.METHODS,
    **views.METHODS,
}
