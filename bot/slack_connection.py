"""The connection to Slack: one shared HTTP session, our own authorize, Socket Mode."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.availability import SlackAvailability
from bot.engine.error_policy import RATE_LIMITED
from bot.engine.sender import CALL_SECONDS
from bot.manifest import FEATURES, SCOPES
from foundation import telemetry
from foundation.errors import UserError
from foundation.tracing import follow_arrival
from handlers.slack import payloads
from handlers.slack.errors import raise_if_unavailable, read_cause, read_error_code, read_status

log = logging.getLogger(__name__)
socket_log = logging.getLogger("slack_bolt.socket")

PING_SECONDS = 3.0  # the longest that a connection that broke silently goes unnoticed
_BOT_TOKEN_ERRORS = {
    "invalid_auth": "Slack doesn't recognise the bot token. Copy it again from OAuth & Permissions.",
    "not_authed": "The bot token is missing. Set SLACK_BOT_TOKEN.",
    "account_inactive": (
        "The app was uninstalled, or the bot token's account is deactivated. Reinstall the app and set the new "
        "SLACK_BOT_TOKEN."
    ),
    "token_revoked": "The bot token was revoked. Reinstall the app and set the new SLACK_BOT_TOKEN.",
    "token_expired": "The bot token has expired. Reinstall the app and set the new SLACK_BOT_TOKEN.",
    "not_allowed_token_type": "SLACK_BOT_TOKEN isn't a bot token. Use the one under OAuth & Permissions (xoxb-…).",
}
_APP_TOKEN_ERRORS = {
    "invalid_auth": "Slack doesn't recognise the app-level token. Create a new one under Basic Information.",
    "token_revoked": "The app-level token was revoked. Create a new one under Basic Information.",
    "missing_scope": "The app-level token lacks the scope connections:write. Create one under Basic Information.",
    "not_allowed_token_type": "SLACK_APP_TOKEN isn't an app-level token. Create one under Basic Information (xapp-…).",
    "socket_mode_not_enabled": "Socket Mode is off for this app. Turn it on under Socket Mode in the app's settings.",
}
ADD_SCOPES = "Paste the output of “pmo manifest” into the app's manifest in Slack, then reinstall the app."
_SERVER_TROUBLE = "Slack or a proxy in between is in trouble. Try again in a few minutes; see https://slack-status.com."
_NOT_SLACK = "Check SLACK_API_URL, and whether a proxy answers in Slack's place."
_STATUS_HINTS = {
    403: "A proxy or firewall seems to block Slack. Ask its administrator to allow slack.com.",
    404: "There is no Web API at this address. Check SLACK_API_URL; Slack's own is https://slack.com/api/.",
    407: "The proxy wants a user name and password. Set them in HTTPS_PROXY.",
    429: "Slack or a proxy asks for fewer calls. Try again in a minute.",
}
START_WAITS = (0.5, 1.0, 2.0, 5.0, 10.0)  # seconds; after these, always the longest
LONGEST_START_WAIT = 25.0

T = TypeVar("T")


def open_http_session(availability: SlackAvailability | None = None) -> aiohttp.ClientSession:
    """One connection pool for everything; every call ends within CALL_SECONDS.

    A server error raises handlers.slack.errors.SlackUnavailable. `availability` learns how each call ends.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=100, ttl_dns_cache=300),
        timeout=aiohttp.ClientTimeout(total=CALL_SECONDS),
        raise_for_status=raise_if_unavailable,
        trace_configs=[availability.build_trace()] if availability else None,
    )


def build_web_client(token: str | None, base_url: str, http: aiohttp.ClientSession) -> AsyncWebClient:
    """A Web API client that doesn't retry: immediate calls succeed quickly or fail, and the outbox retries the rest."""
    client = AsyncWebClient(token=token, base_url=base_url, session=http, timeout=CALL_SECONDS, retry_handlers=[])
    if urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1"):
        client.proxy = None  # the SDK takes the environment's proxy even for this machine
    return client


async def identify_bot(web: AsyncWebClient) -> dict[str, Any]:
    """Slack's auth.test: the bot's user, its team, and the scopes of the token.

    Raises:
        UserError: Slack rejects the token; the message says what to do.
    """
    with _explain_slack_errors(web, _BOT_TOKEN_ERRORS, "the bot token"):
        answer = await web.auth_test()
    scopes = answer.headers.get("x-oauth-scopes", "")
    return dict(answer.data) | {"scopes": [scope.strip() for scope in scopes.split(",") if scope.strip()]}  # type: ignore[arg-type]


def check_scopes(me: Mapping[str, Any]) -> None:
    """Raises UserError when the token lacks a scope that the bot can't work without."""
    optional = {scope for scopes in FEATURES.values() for scope in scopes}
    if missing := _find_missing(me, sorted(set(SCOPES) - optional)):
        raise UserError(
            f"The bot token lacks {'a scope' if len(missing) == 1 else 'scopes'}: {', '.join(missing)}. {ADD_SCOPES}"
        )


def explain_missing_features(me: Mapping[str, Any]) -> list[str]:
    """For each feature that is off because the token lacks its scopes: what is off, and how to turn it on."""
    lacking = {feature: _find_missing(me, scopes) for feature, scopes in FEATURES.items()}
    return [
        f"Off: {feature}. The bot token lacks {' and '.join(missing)}. {ADD_SCOPES}"
        for feature, missing in lacking.items()
        if missing
    ]


def _find_missing(me: Mapping[str, Any], scopes: Iterable[str]) -> list[str]:
    """Those that the token lacks; none if Slack doesn't say which it has."""
    return [scope for scope in scopes if scope not in me["scopes"]] if me["scopes"] else []


async def check_app_token(web: AsyncWebClient, app_token: str) -> None:
    """Raises UserError when the token can't open a connection; Bolt itself would try for ever."""
    with _explain_slack_errors(web, _APP_TOKEN_ERRORS, "the app-level token"):
        await web.apps_connections_open(app_token=app_token)


# The connection was made, so the address is right. An address that nobody answers at is more likely to be wrong.
_LOST_CALLS = (aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError, TimeoutError, ConnectionResetError)


class SlackBusy(UserError):
    """Slack can't answer now: it's in trouble, or wants fewer calls. It may in a moment."""

    def __init__(self, message: str, cause: str) -> None:
        super().__init__(message)
        self.cause = cause


async def wait_for_slack(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer. While Slack can't answer, it's asked again; the log says so once, and when it's over.

    Raises:
        UserError: whatever `ask` raises, except SlackBusy.
    """
    is_waiting = False
    for seconds in itertools.chain(START_WAITS, itertools.repeat(LONGEST_START_WAIT)):
        try:
            answer = await ask()
        except SlackBusy as error:
            if not is_waiting:
                log.warning("Slack isn't available (%s), so I'll try again until it is.", error.cause)
            is_waiting = True
            await asyncio.sleep(seconds)
        else:
            break
    if is_waiting:
        log.warning("Slack is available again.")
    return answer


def explain_status(address: str, status: int) -> str:
    """What it means that Slack's address answers with this HTTP status and no error code of Slack's."""
    hint = _STATUS_HINTS.get(status, _SERVER_TROUBLE if status >= 500 else _NOT_SLACK)
    return f"{address} answered with HTTP status {status}, not as Slack does. {hint}"


@contextmanager
def _explain_slack_errors(web: AsyncWebClient, explanations: Mapping[str, str], what: str) -> Iterator[None]:
    try:
        yield
    except SlackApiError as error:
        code, status = read_error_code(error), read_status(error)
        if status >= 500 or (not code and status == HTTPStatus.TOO_MANY_REQUESTS):
            raise SlackBusy(explain_status(web.base_url, status), read_cause(error)) from None
        if code in RATE_LIMITED:
            raise SlackBusy("Slack asks for fewer calls. Try again in a minute.", code) from None
        if not code:
            raise UserError(explain_status(web.base_url, status)) from None
        unknown = f"Slack rejected {what} ({code}). Check it in the app's settings."
        raise UserError(explanations.get(code, unknown)) from None
    except AttributeError:  # the SDK can't look into plain text that comes with status 200
        raise UserError(explain_status(web.base_url, 200)) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        cause = read_cause(error)
        unreachable = f"Slack can't be reached at {web.base_url} ({cause}). Check the network and SLACK_API_URL."
        if isinstance(error, _LOST_CALLS):
            raise SlackBusy(unreachable, cause) from None
        raise UserError(unreachable) from None


class ObservedApp(AsyncApp):
    """Times acknowledgements, over Socket Mode and HTTP, and says which arrival the work belongs to."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        with follow_arrival(payloads.find_key(req.body)), telemetry.time_ack(payloads.read_kind(req.body)):
            return await super().async_dispatch(req)


def build_bolt_app(web: AsyncWebClient, me: dict[str, Any], token: str) -> AsyncApp:
    """A Bolt app that doesn't ask Slack who it is each time an event arrives."""
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

    # Bolt creates a client with the authorized token for each event, with this one's session and address.
    bare = build_web_client(None, web.base_url, cast(aiohttp.ClientSession, web.session))
    return ObservedApp(
        client=bare,
        authorize=authorize,
        signing_secret="unused",  # noqa: S106 (Bolt insists on one; bot.http_endpoint checks signatures)
        attaching_conversation_kwargs_enabled=False,
        logger=logging.getLogger("slack_bolt"),
    )


def build_socket_handler(
    bolt: AsyncApp, app_token: str, web: AsyncWebClient, availability: SlackAvailability
) -> AsyncSocketModeHandler:
    """Socket Mode with the same session and address."""
    handler = AsyncSocketModeHandler(bolt, app_token, web_client=web, logger=socket_log, ping_interval=PING_SECONDS)
    client = handler.client
    client.proxy = web.proxy

    async def forget_address(*_: object) -> None:
        client.wss_uri = None

    # The SDK would try the same address for ever. Each is good for one connection and for a short while, so after an
    # outage it's refused; without it the SDK asks for a new one.
    trace = availability.build_trace()
    trace.on_request_exception.append(forget_address)
    trace.on_request_end.append(forget_address)
    trace.freeze()
    client.aiohttp_client_session.trace_configs.append(trace)
    return handler
