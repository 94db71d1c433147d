"""The connection to Slack: one shared HTTP session, our own authorize, Socket Mode."""

import logging
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sender import CALL_SECONDS
from foundation.errors import Refused

log = logging.getLogger(__name__)

_TOKEN_WORDS = {
    "invalid_auth": "Slack does not know this bot token. Copy it again from OAuth & Permissions.",
    "not_authed": "The bot token is missing. Set SLACK_BOT_TOKEN.",
    "account_inactive": "The bot token belongs to an account that was removed. Install the app again.",
    "token_revoked": "The bot token was revoked. Install the app again and set the new SLACK_BOT_TOKEN.",
    "token_expired": "The bot token has expired. Install the app again and set the new SLACK_BOT_TOKEN.",
}


def session() -> aiohttp.ClientSession:
    """One pool of connections for everything; a call ends within CALL_SECONDS."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=100, ttl_dns_cache=300),
        timeout=aiohttp.ClientTimeout(total=CALL_SECONDS),
    )


def client(token: str | None, base_url: str, http: aiohttp.ClientSession) -> AsyncWebClient:
    """A Web API client that retries nothing by itself: visits are quick or fail, deliveries are retried durably."""
    made = AsyncWebClient(token=token, base_url=base_url, session=http, timeout=CALL_SECONDS, retry_handlers=[])
    if urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1"):
        made.proxy = None  # the SDK takes the environment's proxy even for this machine
    return made


async def who_am_i(web: AsyncWebClient) -> dict[str, Any]:
    """Slack's auth.test: the bot's user, its team, and the scopes of the token.

    Raises:
        Refused: the token is not good, in words that say what to do.
    """
    try:
        answer = await web.auth_test()
    except SlackApiError as error:
        code = str(error.response.get("error"))
        raise Refused(_TOKEN_WORDS.get(code, f"Slack refused the bot token: {code}.")) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Refused(
            f"Slack cannot be reached at {web.base_url} ({type(error).__name__}). Check the network."
        ) from None
    scopes = answer.headers.get("x-oauth-scopes", "")
    return dict(answer.data) | {"scopes": [scope for scope in scopes.split(",") if scope]}  # type: ignore[arg-type]


def app(web: AsyncWebClient, me: dict[str, Any], token: str, signing_secret: str | None) -> AsyncApp:
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
    bare = client(None, web.base_url, cast(aiohttp.ClientSession, web.session))
    return AsyncApp(
        client=bare,
        authorize=authorize,
        signing_secret=signing_secret or "unused-in-socket-mode",
        attaching_conversation_kwargs_enabled=False,
        logger=logging.getLogger("slack_bolt"),
    )


def socket(bolt: AsyncApp, app_token: str, web: AsyncWebClient) -> AsyncSocketModeHandler:
    """Socket Mode by the same session and address."""
    handler = AsyncSocketModeHandler(bolt, app_token, web_client=web, logger=logging.getLogger("slack_bolt.socket"))
    handler.client.proxy = web.proxy
    return handler
