"""Telling people about errors: expected ones in their own words, unexpected ones with a reference to the log."""

import logging
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

log = logging.getLogger(__name__)

UNEXPECTED_ERROR = "Something went wrong. Please try again. If this keeps happening, give the PMO this reference: {}."
TOO_LATE = ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired")


class SlackUnavailable(SlackApiError):
    """Slack, or a proxy in its place, answered with a server error. What its body says doesn't matter."""

    # The SDK reads the body before it looks at the status. In an outage that is anything: text, a page, damaged bytes.
    # Then it fails in as many ways, so this is raised before it tries.
    def __init__(self, status: int, url: str = "") -> None:
        reason = f"HTTP status {status}"
        response = AsyncSlackResponse(
            client=None, http_verb="", api_url=url, req_args={}, data={}, headers={}, status_code=status
        )
        super().__init__(reason, response)  # type: ignore[no-untyped-call]
        self.args = (reason,)


async def raise_if_unavailable(answer: aiohttp.ClientResponse) -> None:
    """For every HTTP answer of Slack.

    Raises:
        SlackUnavailable: it's a server error.
    """
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise SlackUnavailable(answer.status, str(answer.url))


NETWORK_ERRORS = (aiohttp.ClientError, TimeoutError, ConnectionError)
CALL_ERRORS = (SlackApiError, *NETWORK_ERRORS)  # Slack refused, or couldn't be asked


def is_outage(error: BaseException) -> bool:
    """Whether Slack or the network is in trouble. It passes, and bot.engine.availability logs it once for all calls."""
    is_server_error = isinstance(error, SlackApiError) and read_status(error) >= HTTPStatus.INTERNAL_SERVER_ERROR
    return is_server_error or isinstance(error, NETWORK_ERRORS)


def choose_log_level(error: BaseException) -> int:
    """A warning, unless it's part of an outage."""
    return logging.INFO if is_outage(error) else logging.WARNING


def read_cause(error: BaseException) -> str:
    """For the log: Slack's code, the status or the kind of error. The whole text may contain a response_url."""
    if isinstance(error, SlackApiError):
        return read_error_code(error) or f"HTTP status {read_status(error)}"
    return type(error).__name__


def log_unexpected_error(doing: str) -> str:
    """Log the exception being handled under a new reference, and return the reference."""
    reference = uuid.uuid4().hex[:8]
    log.exception("Unexpected error %s %s", reference, doing)
    return reference


def read_error_code(error: SlackApiError) -> str:
    """Slack's error code; empty when something else answered in Slack's place, such as a proxy or an outage."""
    # Such an answer is plain text or HTML, or no answer at all in the SDK's sense: then there are no data to look into.
    return str(_read_data(error).get("error") or "")


def read_problems(error: SlackApiError) -> list[str]:
    """What Slack found wrong with the arguments, such as “… [json-pointer:/blocks/0/text/text]”."""
    return [str(one) for one in (_read_data(error).get("response_metadata") or {}).get("messages") or ()]


def read_status(error: SlackApiError) -> int:
    """The HTTP status of the answer."""
    # The SDK hands over its own response, or aiohttp's if it couldn't read the body.
    return int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0))


def _read_data(error: SlackApiError) -> Mapping[str, Any]:
    data = getattr(error.response, "data", None)
    return data if isinstance(data, dict) else {}


def explain_slack_error(error: Exception) -> str:
    """What to tell the person when a call that was made for them failed with one of CALL_ERRORS."""
    if is_outage(error) or not isinstance(error, SlackApiError):
        return "Slack is in trouble at the moment. Please try again in a few minutes."
    code, status = read_error_code(error), read_status(error)
    if code in TOO_LATE:
        return "That took too long, and Slack gave up waiting. Please try again."
    code = code or f"HTTP status {status}"
    log.error("Slack refused: %s %s", code, read_problems(error))
    return f"Slack rejected that ({code}). Please try again. If this keeps happening, tell the PMO."
