"""The connection to Slack: one shared HTTP session, our own authorize, Socket Mode."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.sender import CALL_SECONDS
from bot.manifest import SCOPES
from foundation.errors import UserError

log = logging.getLogger(__name__)

PING_SECONDS = 3.0  # so long, at most, the bot hears nothing when a connection is cut without a word
_BOT_TOKEN_WORDS = {
    "invalid_auth": "Slack does not know this bot token. Copy it again from OAuth & Permissions.",
    "not_authed": "The bot token is missing. Set SLACK_BOT_TOKEN.",
    "account_inactive": "The bot token belongs to an account that was removed. Install the app again.",
    "token_revoked": "The bot token was revoked. Install the app again and set the new SLACK_BOT_TOKEN.",
    "token_expired": "The bot token has expired. Install the app again and set the new SLACK_BOT_TOKEN.",
    "not_allowed_token_type": "This is no bot token. Set SLACK_BOT_TOKEN to the one in OAuth & Permissions (xoxb-…).",
}
_APP_TOKEN_WORDS = {
    "invalid_auth": "Slack does not know this app-level token. Make a new one in Basic Information.",
    "token_revoked": "The app-level token was revoked. Make a new one in Basic Information and set SLACK_APP_TOKEN.",
    "missing_scope": "The app-level token lacks the scope connections:write. Make one with it in Basic Information.",
    "not_allowed_token_type": "SLACK_APP_TOKEN is no app-level token. Make one in Basic Information (xapp-…).",
    "socket_mode_not_enabled": "Socket Mode is off for this app. Turn it on in the app's settings under Socket Mode.",
}


def open_http_session() -> aiohttp.ClientSession:
    """One pool of connections for everything; a call ends within CALL_SECONDS."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=100, ttl_dns_cache=300),
        timeout=aiohttp.ClientTimeout(total=CALL_SECONDS),
    )


def build_web_client(token: str | None, base_url: str, http: aiohttp.ClientSession) -> AsyncWebClient:
    """A Web API client that retries nothing by itself: visits are quick or fail, deliveries are retried durably."""
    made = AsyncWebClient(token=token, base_url=base_url, session=http, timeout=CALL_SECONDS, retry_handlers=[])
    if urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1"):
        made.proxy = None  # the SDK takes the environment's proxy even for this machine
    return made


async def identify_bot(web: AsyncWebClient) -> dict[str, Any]:
    """Slack's auth.test: the bot's user, its team, and the scopes of the token.

    Raises:
        UserError: the token is not good, in words that say what to do.
    """
    with _explained(web, _BOT_TOKEN_WORDS, "the bot token"):
        answer = await web.auth_test()
    scopes = answer.headers.get("x-oauth-scopes", "")
    return dict(answer.data) | {"scopes": [scope.strip() for scope in scopes.split(",") if scope.strip()]}  # type: ignore[arg-type]


def find_missing_scopes(me: Mapping[str, Any]) -> list[str]:
    """What the manifest asks for and the token does not hold. Without Slack's word on it, nothing."""
    return sorted(set(SCOPES) - set(me["scopes"])) if me["scopes"] else []


def check_scopes(me: Mapping[str, Any]) -> None:
    """Raises UserError when the token holds less than the manifest asks for."""
    if missing := find_missing_scopes(me):
        raise UserError(
            f"The bot token lacks {'a scope' if len(missing) == 1 else 'scopes'}: {', '.join(missing)}. "
            "Paste the output of “pmo manifest” into the app's manifest in Slack, then install the app again."
        )


async def check_app_token(web: AsyncWebClient, app_token: str) -> None:
    """Raises UserError when no socket can be had with it. Bolt itself would try for ever."""
    with _explained(web, _APP_TOKEN_WORDS, "the app-level token"):
        await web.apps_connections_open(app_token=app_token)


@contextmanager
def _explained(web: AsyncWebClient, words: Mapping[str, str], what: str) -> Iterator[None]:
    try:
        yield
    except SlackApiError as error:
        code = error.response.get("error")
        if not code:
            raise UserError(
                f"{web.base_url} does not answer as Slack does. Check SLACK_API_URL, or try later."
            ) from None
        raise UserError(words.get(str(code), f"Slack refused {what}: {code}.")) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise UserError(
            f"Slack cannot be reached at {web.base_url} ({type(error).__name__}). Check the network."
        ) from None


def build_bolt_app(web: AsyncWebClient, me: dict[str, Any], token: str, signing_secret: str | None) -> AsyncApp:
    """A Bolt app that asks Slack nothing about itself while events come in."""
    result = AuthorizeResult(
        enterprise_id=me.get("enterprise_id"),
        team_id=me["team_id"],
        team=me.get("team"),
        url=me.get("url"),
        bot_user_id=me["user_id"],
        bot_id=me["bot_id"],
        bot_token=token,
    )

    async def authorize() -> AuthorizeResult:
        return result

    # Bolt makes a client with the authorized token for each event; this one gives it session and address.
    bare = build_web_client(None, web.base_url, cast(aiohttp.ClientSession, web.session))
    return AsyncApp(
        client=bare,
        authorize=authorize,
        signing_secret=signing_secret or "unused-in-socket-mode",
        attaching_conversation_kwargs_enabled=False,
        logger=logging.getLogger("slack_bolt"),
    )


def build_socket_handler(bolt: AsyncApp, app_token: str, web: AsyncWebClient) -> AsyncSocketModeHandler:
    """Socket Mode by the same session and address."""
    logger = logging.getLogger("slack_bolt.socket")
    handler = AsyncSocketModeHandler(bolt, app_token, web_client=web, logger=logger, ping_interval=PING_SECONDS)
    handler.client.proxy = web.proxy
    return handler
