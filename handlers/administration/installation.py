"""The app is uninstalled or its token revoked: said once in the log, where an administrator looks."""

import logging

from handlers.slack.calls import BlockingCall, DeferredCall
from handlers.slack.routes import Routes
from handlers.slack.workspace_events import read_revoked_bots

log = logging.getLogger(__name__)

REMEDY = "Until it is back, nothing is sent and nothing lost. Reinstall it, set the new SLACK_BOT_TOKEN, and restart."


def register(routes: Routes) -> None:
    routes.defer_event("app_uninstalled", log_uninstalled, needs=None)
    routes.defer_event("tokens_revoked", log_revoked, needs=None, when=concerns_bot_token)


async def concerns_bot_token(call: BlockingCall) -> bool:
    """Whether the bot's own token was revoked, and not only somebody's user token."""
    return bool(read_revoked_bots(call.payload))


def log_uninstalled(call: DeferredCall) -> None:
    with call.transaction():
        log.error("The app was uninstalled from the workspace. %s", REMEDY)


def log_revoked(call: DeferredCall) -> None:
    with call.transaction():
        log.error("The bot token was revoked. %s", REMEDY)
