"""Says what leaves the organisation for a language model, and tries the model when asked to."""

import asyncio
import time
from contextlib import closing

from bot.doctor.findings import Findings
from bot.language_model.chat_client import NoReply
from bot.language_model.configuration import ModelEndpoint, explain_missing_client, read_model_endpoint
from bot.language_model.selector import DEADLINE, connect_selector
from bot.settings import Settings
from knowledge.follow_ups import REMEMBERED
from knowledge.handbook import Page
from knowledge.passages import split_into_passages
from knowledge.selector import MOST_SECTIONS

ABOUT = "language model"
TRIAL_SECONDS = 30.0
_TRIAL_TEXT = "# Parking\n\nThe gate opens at eight. Visitors park behind the canteen.\n"
_TRIAL_QUESTION = "Where do visitors park?"


async def check_language_model(found: Findings, settings: Settings, *, tries_model: bool) -> None:
    """With `tries_model`, send the model a made-up question. Otherwise nothing is sent."""
    with found.catching_errors(ABOUT):
        endpoint = read_model_endpoint(settings)
        if endpoint is None:
            found.add_good(ABOUT, "Off. Nothing is sent to a language model.")
            return
        found.add_good(ABOUT, describe_what_leaves(endpoint))
        if endpoint.is_exposed:
            found.add_hint(ABOUT, "What is sent isn't encrypted. Use an address that starts with https://.")
        if reason := explain_missing_client():
            found.add_broken(ABOUT, reason)
        elif tries_model:
            await asyncio.to_thread(_try_model, found, endpoint)
        else:
            found.add_good(ABOUT, "To test it with a made-up question, type “pmo doctor --try-language-model”.")


def describe_what_leaves(endpoint: ModelEndpoint) -> str:
    return (
        f"For each question about the handbook, the bot sends to {endpoint.host} (model {endpoint.model}) "
        f"the question, up to {REMEMBERED} earlier questions of the same conversation if it's a follow-up, "
        f"and up to {MOST_SECTIONS} sections of the handbook. "
        "It sends no people and no records, except what the question or the handbook names."
    )


def _try_model(found: Findings, endpoint: ModelEndpoint) -> None:
    passages, start = split_into_passages(Page("trial", "Parking", "trial.md", _TRIAL_TEXT)), time.monotonic()
    with closing(connect_selector(endpoint, TRIAL_SECONDS)) as selector:
        try:
            selection = selector.request_selection(_TRIAL_QUESTION, (), passages)
        except NoReply as error:
            found.add_broken(ABOUT, f"The test failed: {error.reason}. Until it works, answers come without it.")
            return
    seconds = time.monotonic() - start
    _report_trial(found, seconds, bool(selection.runs) and "canteen" in selection.runs[0].units[0].text)


def _report_trial(found: Findings, seconds: float, is_right: bool) -> None:
    took = f"It replied to the test question in {seconds:.1f} seconds"
    if seconds > DEADLINE:
        found.add_broken(ABOUT, f"{took}. Answers wait for {DEADLINE:g} seconds at most, so it is too slow to be used.")
    elif is_right:
        found.add_good(ABOUT, f"{took} and selected the right sentence.")
    else:
        found.add_hint(ABOUT, f"{took}, but selected the wrong sentence. Try another model.")
