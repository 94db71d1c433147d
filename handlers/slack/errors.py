"""Telling people about errors: expected ones in their own words, unexpected ones with a reference to the log."""

import logging
import uuid

from slack_sdk.errors import SlackApiError

log = logging.getLogger(__name__)

UNEXPECTED_ERROR = "Something went wrong. Please try again. If this keeps happening, give the PMO this reference: {}."
TOO_LATE = ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired")


def log_unexpected_error(doing: str) -> str:
    """Log the exception being handled under a new reference, and return the reference."""
    reference = uuid.uuid4().hex[:8]
    log.exception("Unexpected error %s %s", reference, doing)
    return reference


def explain_slack_error(error: SlackApiError) -> str:
    """What to tell the person when Slack refused a call that was made for them."""
    code = error.response.get("error", "")
    if code in TOO_LATE:
        return "That took too long, and Slack gave up waiting. Please try again."
    log.error("Slack refused: %s %s", code, error.response.get("response_metadata"))
    return f"Slack rejected that ({code}). Please try again. If this keeps happening, tell the PMO."
