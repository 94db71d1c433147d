"""Whatever the size and text of a strategy, Slack accepts its messages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from foundation.people import People, Person, Role
from handlers.strategy.blocks.digest import build_digest_message, build_preview_message, build_update_reminder
from handlers.strategy.blocks.measurement import build_measurement_modal
from handlers.strategy.blocks.story import (
    CONSENTS,
    NOTES,
    STATES,
    STEPS,
    build_author_card,
    build_consent_card,
    build_published_message,
    build_review_card,
    build_story_modal,
    build_story_note_modal,
)
from handlers.strategy.blocks.tree import (
    Overview,
    build_details_message,
    build_details_modal,
    build_matches_message,
    build_overview_message,
    build_overview_modal,
    build_strategy_section,
)
from handlers.strategy.blocks.update import (
    build_author_message,
    build_correction_modal,
    build_update_message,
    build_update_modal,
)
from reporting.charts import build_progress_chart
from reporting.definitions import SAMPLE as DIGESTS
from reporting.definitions import read_digests
from reporting.details import build_details
from reporting.digest import build_digest
from reporting.own_subjects import build_own_subjects, find_exceptions_for
from reporting.posts import build_story_post, build_update_post
from reporting.sections import build_portfolio_lines
from reporting.strategy_view import build_strategy_view
from strategy.alignment_records import Contribution
from strategy.check_ins import find_missing_updates
from strategy.files import SAMPLE, read_strategy
from strategy.records import ProgressUpdate, Rag, Strategy, Subject, SubjectKind
from strategy.story_records import Consent, NamedPerson, Story, StoryState, StoryVerb
from strategy.story_transitions import STORY_TRANSITIONS
from workspace.checks import check_message, check_view

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HEAD = Person("U05EMEKA", "Emeka & <b>Adeyemi</b>", frozenset({Role.PMO_LEAD, Role.LEADER}))
PEOPLE = People([HEAD])
NASTY = "<!channel> & *bold* _it_ <https://evil.example|here> " * 3  # as long as a title may be, and longer
PIECE = Subject(SubjectKind.OBJECTIVE, "objective-0")


def grow_strategy(many: int) -> Strategy:
    """The sample's first objective and its projects, many times over, all owned by the head of the PMO."""
    sample = read_strategy(SAMPLE)
    first, project = sample.objectives[0], sample.projects[0]
    numbers = range(many)
    objectives = tuple(
        replace(first, key=f"objective-{n}", title=f"{n} {NASTY}"[:120], owner=HEAD.id, weight=Decimal(1) / many)
        for n in numbers
    )
    metrics = tuple(
        replace(metric, key=f"{metric.key}-{n}", objective=f"objective-{n}", name=f"{n} {NASTY}"[:120], owner=HEAD.id)
        for n in numbers
        for metric in sample.metrics_of(first.key)
    )
    return replace(
        sample,
        objectives=objectives,
        metrics=metrics,
        history={
            f"{key}-{n}": tuple(replace(one, metric=f"{key}-{n}") for one in measured)
            for n in numbers
            for key, measured in sample.history.items()
        },
        projects=tuple(replace(project, key=f"p-{n}", name=f"{n} {NASTY}"[:120], owner=HEAD.id) for n in numbers),
        milestones=tuple(
            replace(one, key=f"{one.key}-{n}", project=f"p-{n}", title=NASTY[:120])
            for n in numbers
            for one in sample.milestones_of(project.key)
        ),
        contributions=tuple(Contribution(f"p-{n}", f"objective-{m}", 9, NASTY) for n in numbers for m in {0, n}),
        service_links=(),
    )


def update(**changes: Any) -> ProgressUpdate:
    made = ProgressUpdate(
        PIECE, NOW, HEAD.id, NOW, Rag.RED, NASTY, "a" * 1000, "n <" * 333, "b" * 500, "& " * 250, confidence=10
    )
    return replace(made, **changes)


@pytest.fixture(scope="module", params=[1, 40, 150])
def strategy(request: pytest.FixtureRequest) -> Strategy:
    return grow_strategy(request.param)


def marked_up(value: Any) -> Iterator[str]:
    """Every text in which Slack reads markup."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for inner in value.values():
            yield from marked_up(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from marked_up(inner)


def accept(message: dict[str, Any]) -> dict[str, Any]:
    assert check_message(message) == []
    return message


def accept_view(view: dict[str, Any]) -> dict[str, Any]:
    assert check_view(view) == []
    return view


def test_strategy_overview_is_a_valid_message(strategy: Strategy) -> None:
    view = build_strategy_view(strategy, HEAD, now=NOW, people=PEOPLE)
    assert view.portfolio
    chart = build_progress_chart([branch.status for branch in view.all_branches()])
    found = Overview(view, build_portfolio_lines(view.portfolio, {}), chart)
    message = accept(build_overview_message(found))
    accept_view(build_overview_modal(found))
    many = len(strategy.objectives)
    buttons = [block for block in message["blocks"] if "accessory" in block]
    more = [block for block in message["blocks"] if "more objective" in str(block)]
    assert len(buttons) == 1 if many == 1 else more
    assert not any("<!" in text for text in marked_up(message))


def test_objective_and_project_details_are_valid(strategy: Strategy) -> None:
    for subject in (PIECE, Subject(SubjectKind.PROJECT, "p-0")):
        details = build_details(strategy, HEAD, subject, now=NOW, updates=[update()], people=PEOPLE)
        accept(build_details_message(details))
        accept_view(build_details_modal(details))
        if details.measurable:
            accept_view(build_measurement_modal(details.measurable, NOW.date()))


def test_list_of_matches_is_valid(strategy: Strategy) -> None:
    accept(build_matches_message(NASTY, list(strategy.titles.items())))


def test_home_of_an_owner_of_everything_is_valid(strategy: Strategy) -> None:
    own = build_own_subjects(strategy, HEAD, now=NOW, updates=[update()])
    concerns = [one.text for one in find_exceptions_for(strategy, HEAD, now=NOW, people=PEOPLE)]
    accept_view({"type": "home", "blocks": build_strategy_section(own, concerns)})


def test_update_messages_and_forms_are_valid(strategy: Strategy) -> None:
    choices = list(strategy.titles.items())
    accept_view(build_update_modal(choices, PIECE, NOW))
    accept_view(build_update_modal(choices[:1], None, None))
    accept_view(build_correction_modal(update(), choices[0][1]))
    post = build_update_post(update(), strategy, PEOPLE)
    accept(build_update_message(update(), post))
    accept(build_update_message(update(acknowledged_by=HEAD.id), post))
    accept(build_author_message(update(), post, "It is shown to <#C04PROGRESS>."))


@pytest.mark.parametrize("key", ["weekly-progress", "weekly-leadership", "monthly-leadership"])
def test_digest_message_is_valid(strategy: Strategy, key: str) -> None:
    definition = next(one for one in read_digests(DIGESTS) if one.key == key)
    updates = [replace(update(), subject=subject) for subject in strategy.titles]
    first = build_digest(definition, strategy, now=NOW - timedelta(days=7), people=PEOPLE)
    digest = build_digest(
        definition, strategy, now=NOW, updates=updates, stories=[story()], previous=first.snapshot, people=PEOPLE
    )
    for one in (first, digest):
        message = accept(build_digest_message(one))
        assert len(message["blocks"]) <= 50
        accept(build_preview_message(one, "The next one goes to <#C04PROGRESS>."))
        assert len([block for block in message["blocks"] if block["type"] == "data_visualization"]) <= 2
        assert not any("<!" in text for text in marked_up(message))


def test_update_reminder_is_valid(strategy: Strategy) -> None:
    titles = strategy.titles
    accept(build_update_reminder([(one, titles[one.subject]) for one in find_missing_updates(strategy, (), NOW)]))


def story(**changes: Any) -> Story:
    people = tuple(NamedPerson(f"U0{number}", Consent.ASKED) for number in range(10))
    made = Story(
        "S1", HEAD.id, StoryState.SUBMITTED, NASTY[:100], "& " * 1000, "objective-0", "p-0", (NASTY,) * 5, people, NOW
    )
    return replace(made, **changes)


@pytest.mark.parametrize("state", list(StoryState))
def test_story_cards_are_valid_in_every_state(strategy: Strategy, state: StoryState) -> None:
    one = story(state=state)
    post = build_story_post(one, strategy, PEOPLE)
    accept(build_review_card(one, post, PEOPLE))
    accept(build_author_card(one, post, PEOPLE, NASTY))
    accept(build_consent_card(one, post, PEOPLE, "U01"))
    accept(build_consent_card(one, post, PEOPLE, "U0GONE"))
    accept(build_published_message(post))


def test_story_forms_are_valid(strategy: Strategy) -> None:
    choices = list(strategy.titles.items())
    accept_view(build_story_modal(choices))
    accept_view(build_story_modal(choices, story(), 2))
    accept_view(build_story_note_modal(story(), 2, StoryVerb.WITHDRAW))


def test_every_story_verb_and_state_has_text() -> None:
    assert set(STEPS) == set(StoryVerb)
    assert set(STATES) == set(StoryState)
    assert set(CONSENTS) == set(Consent)
    assert set(NOTES) == {row.verb for row in STORY_TRANSITIONS if "note" in row.required_input}
