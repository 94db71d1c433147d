"""Messages: text, blocks, attachments and metadata together."""

from typing import Any

import pytest

from tests.workspace.checks.payloads import (
    actions,
    button,
    cell,
    chart,
    data_table,
    messages_of,
    mrkdwn,
    pie,
    plain,
    section,
    table,
)
from workspace.checks import check_message

METADATA = {"event_type": "request_opened", "event_payload": {"request": "REQ-7", "urgent": False, "days": 3}}


def test_a_message_may_have_other_arguments() -> None:
    card = section(accessory=button(value="REQ-7"))
    call = {"channel": "C07ASK", "thread_ts": "1790000000.000100", "unfurl_links": False}
    message = {"text": "Health check", "blocks": [card, {"type": "divider"}], "metadata": METADATA}
    assert check_message({**call, **message}) == []


@pytest.mark.parametrize(
    "message",
    [
        {"text": "Hello"},
        {"markdown_text": "**Hello**"},
        {"blocks": [section()]},
        {"attachments": [{"fallback": "Hello", "color": "#36a64f"}]},
        {"text": "Hello", "blocks": [], "attachments": None},
    ],
)
def test_a_message_with_any_content_is_accepted(message: dict[str, Any]) -> None:
    assert check_message(message) == []


@pytest.mark.parametrize("message", [{}, {"text": ""}, {"text": None, "blocks": []}, {"channel": "C07ASK"}])
def test_an_empty_message_is_refused(message: dict[str, Any]) -> None:
    [problem] = check_message(message)
    assert problem.error == "no_text"


def test_a_violation_reads_as_in_slack() -> None:
    [problem] = check_message({"text": "x", "blocks": [section(text=mrkdwn("x" * 3001))]})
    assert str(problem) == "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert problem.error == "invalid_blocks"
    assert problem.constraint == {"max_length": 3000}


def test_markdown_text_excludes_text_and_blocks() -> None:
    [problem] = check_message({"markdown_text": "**Hello**", "text": "Hello"})
    assert problem.error == "markdown_text_conflict"


@pytest.mark.parametrize(
    ("kind", "most", "words"),
    [
        (table(), 1, "only_one_table_allowed"),
        (chart(pie()), 2, "no more than 2 data_visualization blocks allowed"),
        ({"type": "plan", "title": "Reading"}, 1, "cannot have more than 1 plan block"),
    ],
)
def test_block_kinds_have_limits_per_message(kind: dict[str, Any], most: int, words: str) -> None:
    assert check_message({"blocks": [kind] * most}) == []
    assert messages_of(check_message({"blocks": [kind] * (most + 1)})) == [f"{words} [json-pointer:/blocks/{most}]"]


def test_nested_tables_count_toward_the_limit() -> None:
    inside = {"type": "container", "title": plain(), "child_blocks": [table()]}
    assert check_message({"blocks": [table(), inside]})[0].pointer == "/blocks/1/child_blocks/0"
    attached = {"blocks": [table()], "attachments": [{"blocks": [table()]}]}
    assert check_message(attached)[0].pointer == "/attachments/0/blocks/0"


def test_all_markdown_is_limited_to_12000_characters() -> None:
    half = {"type": "markdown", "text": "x" * 6000}
    assert check_message({"blocks": [half, half]}) == []
    [problem] = check_message({"blocks": [half, half, {"type": "markdown", "text": "x"}]})
    assert problem.message == "all markdown blocks together must be less than 12001 characters"


def test_all_block_text_has_slacks_observed_limit() -> None:
    full = [section(text=mrkdwn("x" * 3000)) for _ in range(4)]
    assert check_message({"blocks": [*full, section(text=mrkdwn("x" * 1200))]}) == []
    [problem] = check_message({"blocks": [*full, section(text=mrkdwn("x" * 1201))]})
    assert problem.error == "msg_blocks_too_long"
    [problem] = check_message({"blocks": full, "attachments": [{"blocks": [section(text=mrkdwn("x" * 1201))]}]})
    assert problem.error == "msg_blocks_too_long"


def test_table_cells_have_a_separate_limit() -> None:
    long = {**data_table(), "rows": [[cell("Note")], [cell("x" * 9000)]]}
    prose = [section(text=mrkdwn("x" * 3000)) for _ in range(4)]
    assert check_message({"blocks": [*prose, long, long]}) == []
    longer = {**data_table(), "rows": [[cell("Note")], [cell("x" * 12_000)]]}
    assert check_message({"blocks": [longer]}) == []
    [problem] = check_message({"blocks": [longer, longer]})
    assert problem.message == "all cells of data tables together must be less than 20001 characters"


def test_blocks_in_attachments_are_checked() -> None:
    [problem] = check_message({"attachments": [{"color": "#36a64f", "blocks": [{"type": "banner"}]}]})
    assert str(problem) == "unsupported type: banner [json-pointer:/attachments/0/blocks/0/type]"
    assert problem.error == "invalid_attachments"


def test_unknown_attachment_fields_are_refused() -> None:
    assert check_message({"attachments": [{"title": "Budget", "fields": [{"title": "CPI", "value": "0.9"}]}]}) == []
    assert (
        check_message({"attachments": [{"title": "", "fields": [{"title": "", "value": ""}], "mrkdwn_in": []}]}) == []
    )
    assert check_message({"text": "x", "markdown_text": "", "attachments": [], "metadata": None}) == []
    assert messages_of(check_message({"attachments": [{"colour": "red"}]})) == [
        "invalid additional property: colour [json-pointer:/attachments/0]"
    ]


def test_an_attachment_accepts_five_legacy_buttons() -> None:
    old = {"name": "go", "text": "Go", "type": "button"}
    assert check_message({"attachments": [{"actions": [], "fields": []}, {"actions": [old] * 5}]}) == []
    assert check_message({"attachments": [{"actions": [old] * 6}]}) != []


def test_more_than_100_attachments_are_refused() -> None:
    assert check_message({"attachments": [{"text": "x"}] * 100}) == []
    [problem] = check_message({"attachments": [{"text": "x"}] * 101})
    assert problem.error == "too_many_attachments"


@pytest.mark.parametrize(
    ("metadata", "complaint"),
    [
        ({"event_type": "x"}, "missing required field: event_payload [json-pointer:/metadata]"),
        ({"event_payload": {}}, "missing required field: event_type [json-pointer:/metadata]"),
        ({**METADATA, "colour": "red"}, "invalid additional property: colour [json-pointer:/metadata]"),
        ({**METADATA, "entities": [{}]}, "missing required field: entity_type [json-pointer:/metadata/entities/0]"),
        ({**METADATA, "event_type": "x" * 256}, "must be less than 256 characters"),
        ({**METADATA, "event_payload": []}, "must provide an object [json-pointer:/metadata/event_payload]"),
    ],
)
def test_malformed_metadata_is_refused(metadata: dict[str, Any], complaint: str) -> None:
    problem = check_message({"text": "x", "metadata": metadata})[0]
    assert complaint in str(problem)
    assert problem.error == "invalid_metadata_schema"


ENTITY = {"entity_type": "slack#/entities/task", "entity_payload": {"attributes": {"title": {"text": "Review"}}}}


@pytest.mark.parametrize(
    "metadata",
    [
        {**METADATA, "event_type": "request-opened.v2"},
        {**METADATA, "event_payload": {"who": {"ids": [1, None]}}},
        {**METADATA, "event_payload": None},
        {**METADATA, "entities": [ENTITY]},
        {"entities": [ENTITY | {"url": "https://example.org/7", "external_ref": {"id": "7", "type": "task"}}]},
    ],
)
def test_metadata_is_as_free_as_slacks(metadata: dict[str, Any]) -> None:
    assert check_message({"text": "x", "metadata": metadata}) == []


def test_metadata_must_be_an_object() -> None:
    [problem] = check_message({"text": "x", "metadata": ["request_opened"]})
    assert problem.error == "invalid_metadata_format"


def test_text_must_be_a_string() -> None:
    assert messages_of(check_message({"text": ["Hello"]})) == ["must provide a string [json-pointer:/text]"]


def test_a_nested_violation_hides_no_other() -> None:
    wrong = actions(button("go"), button("go", style="loud"))
    assert len(check_message({"text": "x", "blocks": [wrong, table(), table()]})) == 3
