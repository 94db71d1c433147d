"""What an error from Slack means for a delivery."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.engine.refusals import find_place_refusal
from bot.engine.slack_methods import RESPONSE_URL, name_main_call
from handlers.slack.errors import read_error_code, read_status
from storage.engine.claiming import Delivery
from storage.engine.delivery_kinds import DeliveryKind
from storage.engine.rate_limits import EVERYTHING

OUT_OF_SERVICE = "service_unavailable"
TRANSIENT = {
    OUT_OF_SERVICE,
    "accesslimited",
    "fatal_error",
    "internal_error",
    "request_timeout",
    "team_added_to_org",
    "timeout",
}
BAD_TOKEN = {"account_inactive", "invalid_auth", "not_authed", "org_login_required", "token_expired", "token_revoked"}
RATE_LIMITED = {"ratelimited", "rate_limited"}
TOKEN_PAUSE = 60.0


class Disposition(Enum):
    """What happens to a delivery that wasn't accepted."""

    RETRY = auto()  # the network or Slack is in trouble: later deliveries wait for this one
    RETRY_WITHOUT_BLOCKING = auto()  # this delivery is in trouble: later ones don't wait for ever
    PAUSE = auto()  # nobody makes this call for a while; it didn't count as an attempt
    SEND_DIRECTLY = auto()  # it can't be shown where the person is; a direct message can
    GIVE_UP = auto()


@dataclass(frozen=True, slots=True)
class ErrorDecision:
    """`paused` and `seconds` say which call is paused, and for how long."""

    disposition: Disposition
    reason: str
    paused: str = ""
    seconds: float = 0.0


class Unsendable(Exception):
    """It will never work; the message says why."""


class NeverPosted(Unsendable):
    """The message that it edits or replies to was given up before; that failure is reported already."""


class ResponseRefused(Exception):
    """A response_url answered with something other than ok."""

    def __init__(self, status: int, body: str, retry_after: str | None) -> None:
        super().__init__(f"response_url answered {status} {body[:100]}")
        self.status = status
        self.retry_after = retry_after


def decide_on_error(delivery: Delivery, error: Exception) -> ErrorDecision:
    """What to do after a call failed."""
    if isinstance(error, SlackApiError):
        return _decide_on_slack_error(delivery, error)
    if isinstance(error, ResponseRefused):
        return _decide_on_response_url(delivery, error)
    if isinstance(error, Unsendable):
        return ErrorDecision(Disposition.GIVE_UP, str(error))
    if isinstance(error, aiohttp.ClientError | TimeoutError | OSError):
        return ErrorDecision(Disposition.RETRY, f"{type(error).__name__}: {error}")
    # A defect. Its message may quote the delivery's content; the log has the traceback.
    return ErrorDecision(Disposition.RETRY_WITHOUT_BLOCKING, type(error).__name__)


def rejects_layout(error: SlackApiError | ResponseRefused) -> bool:
    """Whether Slack may have taken offence at how the message looks. In any case nothing was posted."""
    # Not a list of codes: Slack adds new ones, and a simpler message costs only a call or two.
    if isinstance(error, ResponseRefused):
        return 400 <= error.status < 500 and error.status != HTTPStatus.TOO_MANY_REQUESTS and not is_url_gone(error)
    return refuses_for_good(error) and find_place_refusal(read_error_code(error)) is None


def is_url_gone(error: ResponseRefused) -> bool:
    return any(sign in str(error) for sign in ("expired", "used_url", "HTTP_404", "channel_not_found")) or (
        error.status in (404, 410)
    )


def refuses_for_good(error: SlackApiError) -> bool:
    """Whether the same call would be refused again however long one waits."""
    code, status = read_error_code(error), read_status(error)
    passes = RATE_LIMITED | BAD_TOKEN | TRANSIENT
    return bool(code) and status < 500 and status != HTTPStatus.TOO_MANY_REQUESTS and code not in passes


def _decide_on_slack_error(delivery: Delivery, error: SlackApiError) -> ErrorDecision:
    status = read_status(error)
    code = read_error_code(error) or str(status)
    if status == 429 or code in RATE_LIMITED:
        paused = _name_call(error) or name_main_call(delivery.kind)
        return ErrorDecision(Disposition.PAUSE, code, paused, _read_retry_after(error))
    if code in BAD_TOKEN:
        # Every call would fail in the same way. An administrator may be replacing the token right now, so nothing is
        # given up: all sending stops for a minute, then one delivery tries again.
        return ErrorDecision(Disposition.PAUSE, code, EVERYTHING, TOKEN_PAUSE)
    if status >= 500 or code == OUT_OF_SERVICE:
        return ErrorDecision(Disposition.RETRY, code)
    if code in TRANSIENT or not read_error_code(error):  # without a code, something else answered in Slack's place
        return ErrorDecision(Disposition.RETRY_WITHOUT_BLOCKING, code)
    return ErrorDecision(ON_REFUSAL[delivery.kind](delivery, code), code)


def _decide_on_response_url(delivery: Delivery, error: ResponseRefused) -> ErrorDecision:
    if error.status == 429:
        return ErrorDecision(Disposition.PAUSE, str(error), RESPONSE_URL, _read_seconds(error.retry_after))
    if error.status >= 500:
        return ErrorDecision(Disposition.RETRY, str(error))
    return ErrorDecision(ON_REFUSAL[delivery.kind](delivery, str(error)), str(error))


def _give_up(delivery: Delivery, code: str) -> Disposition:
    return Disposition.GIVE_UP


def _send_directly(delivery: Delivery, code: str) -> Disposition:
    """To the person whom it's for, unless that is where it was refused."""
    return Disposition.SEND_DIRECTLY if delivery.person not in (None, delivery.channel) else Disposition.GIVE_UP


def _post_again(delivery: Delivery, code: str) -> Disposition:
    """An edit whose message is out of reach; if only the edit is at fault, the message stays as it was."""
    is_out_of_reach = find_place_refusal(code) is not None
    return _send_directly(delivery, code) if is_out_of_reach else Disposition.GIVE_UP


# What happens when Slack rejects a delivery permanently.
ON_REFUSAL: Mapping[DeliveryKind, Callable[[Delivery, str], Disposition]] = {
    DeliveryKind.POST: _send_directly,
    DeliveryKind.EDIT: _post_again,
    DeliveryKind.EPHEMERAL: _send_directly,
    DeliveryKind.RESPOND: _send_directly,
    DeliveryKind.HOME: _give_up,
    DeliveryKind.REMOVE_DUPLICATES: _give_up,
}


def _name_call(error: SlackApiError) -> str:
    """Not always the kind's own method: a search reads the history and opens direct messages."""
    return urlsplit(str(getattr(error.response, "api_url", ""))).path.rsplit("/", 1)[-1]


def _read_retry_after(error: SlackApiError) -> float:
    headers = {str(name).lower(): value for name, value in error.response.headers.items()}
    return _read_seconds(headers.get("retry-after"))


def _read_seconds(text: object) -> float:
    try:
        return min(max(float(str(text)), 0.1), 600.0)
    except ValueError:
        return 1.0
