"""Every registry by kind of field or by verb has an entry for each."""

from collections.abc import Collection

import pytest

from handlers.requests.blocks.action_form import FIELD_BUILDERS, SCORE_FIELDS, VERB_FIELDS
from handlers.requests.blocks.buttons import IMMEDIATE_VERBS, VERB_LABELS, VERBS_WITHOUT_BUTTON
from handlers.requests.blocks.form import ELEMENT_BUILDERS
from handlers.requests.blocks.labels import ANSWER_FORMATTERS
from handlers.requests.blocks.timeline import DESCRIPTIONS
from handlers.requests.notifications import NOTICE_RULES
from handlers.requests.reminders import PROCESSORS
from servicedesk.fields import FieldKind
from servicedesk.forms import READERS
from servicedesk.records import RequestState, RequestVerb
from servicedesk.reminders import ReminderKind
from servicedesk.requests import VERB_PHRASES
from servicedesk.transitions import TRANSITIONS


@pytest.mark.parametrize("registry", [ELEMENT_BUILDERS, READERS, ANSWER_FORMATTERS])
def test_every_field_kind_is_built_read_and_shown(registry: Collection[FieldKind]) -> None:
    assert set(registry) == set(FieldKind)


@pytest.mark.parametrize("registry", [DESCRIPTIONS, NOTICE_RULES, VERB_PHRASES])
def test_every_verb_is_described_and_announced(registry: Collection[RequestVerb]) -> None:
    assert set(registry) == set(RequestVerb)


def test_every_verb_of_people_has_a_button() -> None:
    assert set(VERB_LABELS) == set(RequestVerb) - VERBS_WITHOUT_BUTTON


def test_every_button_opens_a_form_or_acts_at_once() -> None:
    assert set(VERB_FIELDS) | {RequestVerb.RESUBMIT} == set(VERB_LABELS)
    assert set(IMMEDIATE_VERBS) <= set(VERB_LABELS)
    assert {field for fields in VERB_FIELDS.values() for field in fields} == set(FIELD_BUILDERS)


def test_forms_ask_for_all_required_input() -> None:
    for transition in TRANSITIONS:
        if transition.verb in VERB_FIELDS and transition.verb is not RequestVerb.UNWATCH:  # which always means oneself
            asked = set(VERB_FIELDS[transition.verb])
            required = set(transition.required_input)
            assert required <= asked | ({"scores"} if asked == set(SCORE_FIELDS) else set()), transition


def test_immediate_verbs_require_no_input() -> None:
    assert all(not one.required_input for one in TRANSITIONS if one.verb in IMMEDIATE_VERBS)


def test_every_reminder_kind_is_processed() -> None:
    assert set(PROCESSORS) == set(ReminderKind)


def test_every_verb_but_draft_has_a_transition() -> None:
    assert {transition.verb for transition in TRANSITIONS} == set(RequestVerb) - {RequestVerb.DRAFT}


def test_every_state_has_a_label() -> None:
    assert all(state.label for state in RequestState)
