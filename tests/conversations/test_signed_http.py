"""The same conversations when Slack sends signed requests: one of each kind of payload. `make soak` runs them all."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversations.conftest import NOVEMBER, Office, ShiftedClock, open_office
from tests.conversations.test_home import test_question_at_home_is_answered_in_messages
from tests.conversations.test_message_shortcuts import (
    test_question_of_somebody_else_is_answered_to_whoever_asks_about_it,
)
from tests.conversations.test_questions import (
    test_cited_section_opens_with_one_click,
    test_command_answers_only_the_asker,
    test_mention_is_answered_in_its_thread,
    test_repeated_event_is_answered_once,
)
from tests.conversations.test_requests import test_form_errors_show_under_their_fields, test_shortcut_opens_the_picker
from tests.conversations.test_updates import test_update_is_posted_once_and_shown_everywhere

__all__ = [
    "test_cited_section_opens_with_one_click",
    "test_command_answers_only_the_asker",
    "test_form_errors_show_under_their_fields",
    "test_mention_is_answered_in_its_thread",
    "test_question_at_home_is_answered_in_messages",
    "test_question_of_somebody_else_is_answered_to_whoever_asks_about_it",
    "test_repeated_event_is_answered_once",
    "test_shortcut_opens_the_picker",
    "test_update_is_posted_once_and_shown_everywhere",
]


@pytest.fixture
async def office(data: Path) -> AsyncIterator[Office]:
    async with open_office(data, over_http=True) as made, made.bot():
        yield made


@pytest.fixture
async def autumn(data: Path) -> AsyncIterator[Office]:
    async with open_office(data, ShiftedClock(NOVEMBER), over_http=True) as made, made.bot():
        yield made
