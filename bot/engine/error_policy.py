"""What an error of Slack's means for a delivery."""

from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError

from storage.engine.claiming import Delivery
from storage.engine.outbox import RESPOND, WHISPER

TRANSIENT = {
    "accesslimited",
    "fatal_error",
    "internal_error",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
    "timeout",
}
TOKEN = {"account_inactive", "invalid_auth", "not_authed", "org_login_required", "token_expired", "token_revoked"}
NOT_THERE = {"channel_not_found", "is_archived", "not_in_channel", "user_not_in_channel", "messages_tab_disabled"}
LIMITED = {"ratelimited", "rate_limited"}
TOKEN_PAUSE = 60.0


class Disposition(Enum):
    """What becomes of a delivery that was not accepted."""

    RETRY = auto()  # the network's or Slack's trouble: all wait for it, in order
    RETRY_WITHOUT_BLOCKING = auto()  # trouble with this one: later ones need not wait for ever
    PAUSE = auto()  # nobody calls the method for a while; this was no attempt
    SEND_DIRECTLY = auto()  # cannot be shown where the person is; a direct message can
    GIVE_UP = auto()


@dataclass(frozen=True, slots=True)
class ErrorDecision:
    """`method` and `seconds` say what is paused, and for how long."""

    disposition: Disposition
    reason: str
    method: str = ""
    seconds: float = 0.0


class Unsendable(Exception):
    """It will never work; the message says why."""


class NeverPosted(Unsendable):
    """The message that it edits or follows died before it; somebody was told of that one."""


class ResponseRefused(Exception):
    """A response_url answered with something else than ok."""

    def __init__(self, status: int, body: str, retry_after: str | None) -> None:
        super().__init__(f"response_url answered {status} {body[:100]}")
        self.status = status
        self.retry_after = retry_after


def decide_on_error(delivery: Delivery, error: Exception) -> ErrorDecision:
    """The verdict on a call that failed."""
    if isinstance(error, SlackApiError):
        return _slack(delivery, error)
    if isinstance(error, ResponseRefused):
        return _response_url(delivery, error)
    if isinstance(error, Unsendable):
        return ErrorDecision(Disposition.GIVE_UP, str(error))
    words = f"{type(error).__name__}: {error}"
    broken = isinstance(error, aiohttp.ClientError | TimeoutError | OSError)
    return ErrorDecision(Disposition.RETRY if broken else Disposition.RETRY_WITHOUT_BLOCKING, words)


def _slack(delivery: Delivery, error: SlackApiError) -> ErrorDecision:
    status = error.response.status_code
    code = str(error.response.get("error") or status) if isinstance(error.response.data, dict) else str(status)
    if status == 429 or code in LIMITED:
        return ErrorDecision(Disposition.PAUSE, code, _method(error) or delivery.method, _seconds(error))
    if code in TOKEN:
        return ErrorDecision(Disposition.PAUSE, code, "*", TOKEN_PAUSE)
    if status >= 500:
        return ErrorDecision(Disposition.RETRY, code)
    if code in TRANSIENT:
        return ErrorDecision(Disposition.RETRY_WITHOUT_BLOCKING, code)
    if delivery.method == WHISPER and code in NOT_THERE and delivery.person:
        return ErrorDecision(Disposition.SEND_DIRECTLY, code)
    return ErrorDecision(Disposition.GIVE_UP, code)


def _response_url(delivery: Delivery, error: ResponseRefused) -> ErrorDecision:
    if error.status == 429:
        return ErrorDecision(Disposition.PAUSE, str(error), RESPOND, _number(error.retry_after))
    if error.status >= 500:
        return ErrorDecision(Disposition.RETRY, str(error))
    return ErrorDecision(Disposition.SEND_DIRECTLY if delivery.person else Disposition.GIVE_UP, str(error))


def _method(error: SlackApiError) -> str:
    """Not always the delivery's own: history is looked at, direct messages are opened."""
    return urlsplit(str(error.response.api_url)).path.rsplit("/", 1)[-1]


def _seconds(error: SlackApiError) -> float:
    headers = {str(name).lower(): value for name, value in error.response.headers.items()}
    return _number(headers.get("retry-after"))


def _number(text: object) -> float:
    try:
        return min(max(float(str(text)), 0.1), 600.0)
    except ValueError:
        return 1.0
