"""Telling people about errors: expected ones in their own words, unexpected ones with a reference to the log."""

import logging
import uuid
from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

log = logging.getLogger(__name__)

UNEXPECTED_ERROR = "Something went wrong. Please try again. If this keeps happening, give the PMO this reference: {}."
TOO_LATE = ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired")


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


def explain_slack_error(error: SlackApiError) -> str:
    """What to tell the person when Slack refused a call that was made for them."""
    code, status = read_error_code(error), read_status(error)
    if code in TOO_LATE:
        return "That took too long, and Slack gave up waiting. Please try again."
    if status >= 500:
        log.warning("Slack answered with HTTP status %s", status)
        return "Slack is in trouble at the moment. Please try again in a few minutes."
    code = code or f"HTTP status {status}"
    log.error("Slack refused: %s %s", code, read_problems(error))
    return f"Slack rejected that ({code}). Please try again. If this keeps happening, tell the PMO."
