"""Blocks: what Slack accepts, and what it refuses with which error."""

from typing import Any

import pytest

from tests.workspace.checks.payloads import (
    actions,
    button,
    cell,
    chart,
    confirm,
    data_table,
    field,
    figure,
    image,
    messages_of,
    mrkdwn,
    option,
    pie,
    plain,
    plot,
    rich,
    rich_section,
    rows,
    section,
    series,
    surfaces_accepting,
    table,
    text,
)
from workspace.checks import check_blocks

EVERYWHERE = {"message", "modal", "home"}
BUT_MODALS = {"message", "home"}
FEEDBACK = {"text": plain("Good"), "value": "good"}
FEEDBACK_BUTTONS = {"type": "feedback_buttons", "positive_button": FEEDBACK, "negative_button": FEEDBACK}
TRASH = {"type": "icon_button", "icon": "trash", "text": plain("Delete"), "value": "1"}
CARD = {"type": "card", "title": mrkdwn("Digital meters"), "body": mrkdwn("On track"), "actions": [button()]}
TASK = {"type": "task_card", "task_id": "t1", "title": "Read the plan", "status": "complete"}
VIDEO = {
    "type": "video",
    "alt_text": "How gates work",
    "title": plain("Gates"),
    "thumbnail_url": "https://example.org/gates.png",
    "video_url": "https://example.org/gates",
}

ACCEPTED: list[tuple[str, dict[str, Any], set[str]]] = [
    ("section with text", section(), EVERYWHERE),
    ("section with plain text and emoji", section(text=plain(emoji=True), expand=True), EVERYWHERE),
    ("section verbatim", section(text=mrkdwn(verbatim=True)), EVERYWHERE),
    ("section with fields only", {"type": "section", "fields": [mrkdwn(), plain()]}, EVERYWHERE),
    ("section with a button", section(accessory=button(style="danger", confirm=confirm())), EVERYWHERE),
    ("section with an image", section(accessory=image()), EVERYWHERE),
    ("header", {"type": "header", "text": plain("Digest")}, EVERYWHERE),
    ("divider", {"type": "divider", "block_id": "line"}, EVERYWHERE),
    ("context", {"type": "context", "elements": [mrkdwn(), plain(), image()]}, EVERYWHERE),
    ("actions", actions(button("a"), button("b")), EVERYWHERE),
    ("image by address", image(title=plain("Burn-up")), EVERYWHERE),
    ("image of the local workspace", image(image_url="http://127.0.0.1:8400/files/F1/chart.png"), EVERYWHERE),
    ("image by file", {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "Chart"}, EVERYWHERE),
    ("input", field({"type": "plain_text_input", "action_id": "name"}, hint=plain("Short"), optional=True), EVERYWHERE),
    ("rich text", rich(rich_section(text())), EVERYWHERE),
    ("video", VIDEO, EVERYWHERE),
    ("alert", {"type": "alert", "text": plain("Too late"), "level": "warning"}, {"modal"}),
    ("markdown", {"type": "markdown", "text": "# Digest"}, {"message"}),
    ("context actions", {"type": "context_actions", "elements": [FEEDBACK_BUTTONS, TRASH]}, {"message"}),
    ("plan", {"type": "plan", "title": "Reading", "tasks": [TASK]}, {"message"}),
    ("task card", TASK, {"message"}),
    ("task under way", {**TASK, "status": "in_progress", "sources": []}, {"message"}),
    ("task to come", {"type": "plan", "title": "Reading", "tasks": [{**TASK, "status": "pending"}]}, {"message"}),
    ("card", CARD, BUT_MODALS),
    ("carousel", {"type": "carousel", "elements": [CARD, CARD]}, BUT_MODALS),
    ("container", {"type": "container", "title": plain("Ideas"), "child_blocks": [section(), table()]}, BUT_MODALS),
    ("table", table(column_settings=[{"align": "right", "is_wrapped": True}, None]), BUT_MODALS),
    ("table of rich text and figures", {"type": "table", "rows": [[rich(rich_section(text())), figure()]]}, BUT_MODALS),
    ("data table", data_table(page_size=10, row_header_column_index=1), BUT_MODALS),
    ("pie", chart(pie()), BUT_MODALS),
    ("line with its target", chart(plot(names=("Actual", "Target"))), BUT_MODALS),
]


@pytest.mark.parametrize(("block", "surfaces"), [case[1:] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
def test_blocks_are_accepted_only_on_their_surfaces(block: dict[str, Any], surfaces: set[str]) -> None:
    assert surfaces_accepting(block) == surfaces


UNEVEN = data_table()
UNEVEN["rows"][1].append(cell())

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("unknown block", {"type": "banner"}, "unsupported type: banner [json-pointer:/blocks/0/type]"),
    ("no type", {"text": plain()}, "missing required field: type [json-pointer:/blocks/0]"),
    ("file blocks are Slack's own", {"type": "file", "external_id": "x", "source": "remote"}, "unsupported type: file"),
    ("misspelt field", section(acessory=button()), "invalid additional property: acessory [json-pointer:/blocks/0]"),
    ("empty section", {"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    ("empty text", section(text=mrkdwn("")), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ("text as a string", section(text="Amber"), "must provide an object [json-pointer:/blocks/0/text]"),
    ("text of no type", section(text={"text": "x"}), "missing required field: type [json-pointer:/blocks/0/text]"),
    ("markdown as a text type", section(text={"type": "markdown", "text": "x"}), "unsupported type: markdown"),
    ("verbatim plain text", section(text=plain(verbatim=True)), "invalid additional property: verbatim"),
    ("emoji in mrkdwn", section(text=mrkdwn(emoji=True)), "invalid additional property: emoji"),
    ("no fields", {"type": "section", "fields": []}, "must provide at least 1 items [json-pointer:/blocks/0/fields]"),
    ("null accessory", section(accessory=None), "must provide an object [json-pointer:/blocks/0/accessory]"),
    ("misplaced accessory", section(accessory=FEEDBACK_BUTTONS), "unsupported type: feedback_buttons"),
    ("input as accessory", section(accessory={"type": "plain_text_input"}), "unsupported type: plain_text_input"),
    (
        "mrkdwn header",
        {"type": "header", "text": mrkdwn()},
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    ("header level", {"type": "header", "text": plain(), "level": 5}, "must be less than 5"),
    ("button in context", {"type": "context", "elements": [button()]}, "unsupported type: button"),
    ("no actions", actions(), "must provide at least 1 items [json-pointer:/blocks/0/elements]"),
    ("text field in actions", actions({"type": "plain_text_input"}), "unsupported type: plain_text_input"),
    (
        "two buttons of one name",
        actions(button("go"), button("go")),
        '`action_id` "go" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ),
    ("no alt text", {"type": "image", "image_url": "https://example.org/a"}, "missing required field: alt_text"),
    ("no image", {"type": "image", "alt_text": "Chart"}, "must define either `image_url` or `slack_file`"),
    ("two images", image(slack_file={"id": "F1"}), "must define only one of `image_url`, `slack_file`"),
    (
        "file by id and url",
        {"type": "image", "alt_text": "x", "slack_file": {"id": "F", "url": "https://a.b"}},
        "only one",
    ),
    ("image over http", image(image_url="http://example.org/a.png"), "must be a valid URL that Slack can fetch"),
    ("label in mrkdwn", {**field({"type": "users_select"}), "label": mrkdwn()}, "unsupported type: mrkdwn"),
    ("input without element", {"type": "input", "label": plain()}, "missing required field: element"),
    ("button in input", field(button()), "unsupported type: button [json-pointer:/blocks/0/element/type]"),
    ("bare plan title", {"type": "plan", "title": plain()}, "must provide a string [json-pointer:/blocks/0/title]"),
    ("tasks of one id", {"type": "plan", "title": "x", "tasks": [TASK, TASK]}, '`task_id` "t1" already exists'),
    ("pending alone", {**TASK, "status": "pending"}, "must be a valid enum value"),
    ("task without status", {"type": "task_card", "task_id": "1", "title": "x"}, "missing required field: status"),
    ("bare card title", {"type": "card", "title": "Meters"}, "must provide an object [json-pointer:/blocks/0/title]"),
    ("card of an icon", {"type": "card", "icon": image()}, "must define at least one of `hero_image`, `title`"),
    ("card in a carousel", {"type": "carousel", "elements": [section()]}, "unsupported type: section"),
    ("container in itself", {"type": "container", "title": plain(), "child_blocks": [CARD]}, "unsupported type: card"),
    (
        "container without title",
        {"type": "container", "child_blocks": [section()]},
        "either `title` or `rich_text_title`",
    ),
    (
        "collapsed but not collapsible",
        {"type": "container", "title": plain(), "child_blocks": [section()], "default_collapsed": True},
        "`default_collapsed` requires `is_collapsible` [json-pointer:/blocks/0/default_collapsed]",
    ),
    (
        "unknown icon",
        {"type": "context_actions", "elements": [{**TRASH, "icon": "heart"}]},
        "must be a valid enum value",
    ),
    ("button in context actions", {"type": "context_actions", "elements": [button()]}, "unsupported type: button"),
    (
        "feedback without value",
        {"type": "context_actions", "elements": [{**FEEDBACK_BUTTONS, "positive_button": {"text": plain()}}]},
        "missing required field: value [json-pointer:/blocks/0/elements/0/positive_button]",
    ),
    ("video over http", {**VIDEO, "video_url": "http://example.org/v"}, "must be a valid URL that Slack can fetch"),
    ("no rows", {"type": "table", "rows": []}, "must provide at least 1 items [json-pointer:/blocks/0/rows]"),
    (
        "empty cell",
        {"type": "table", "rows": [[cell("")]]},
        "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0",
    ),
    *(
        (
            f"cell of {what}",
            {"type": "table", "rows": [[cell(), empty]]},
            "must provide at least 1 items [json-pointer:/blocks/0/rows/0/1/elements]",
        )
        for what, empty in (("nothing", rich()), ("empty rich text", rich(rich_section(), rich_section())))
    ),
    ("cell of plain text", {"type": "table", "rows": [[plain()]]}, "unsupported type: plain_text"),
    ("number as text", {"type": "table", "rows": [[{**figure(), "value": "3"}]]}, "must provide a number"),
    (
        "number without text",
        {"type": "table", "rows": [[{"type": "raw_number", "value": 3}]]},
        "missing required field: text",
    ),
    ("unknown alignment", table(column_settings=[{"align": "justify"}]), "must be a valid enum value"),
    ("data table of a header", data_table(1), "must provide at least 2 items [json-pointer:/blocks/0/rows]"),
    ("data table without caption", {"type": "data_table", "rows": rows(2)}, "missing required field: caption"),
    ("uneven data table", UNEVEN, "all rows must have the same number of cells [json-pointer:/blocks/0/rows/1]"),
    (
        "rich header",
        {**data_table(), "rows": [[rich(rich_section(text()))], [cell()]]},
        "unsupported type: rich_text [json-pointer:/blocks/0/rows/0/0/type]",
    ),
    ("row header outside", data_table(row_header_column_index=2), "must be less than 2"),
    ("unknown chart", chart({"type": "radar"}), "unsupported type: radar [json-pointer:/blocks/0/chart/type]"),
    ("pie of nothing", chart({"type": "pie", "segments": [{"label": "a", "value": 0}]}), "must be greater than 0"),
    ("line without axis", chart({"type": "line", "series": [series()]}), "missing required field: axis_config"),
    ("pie with series", chart({**pie(), "series": []}), "invalid additional property: series"),
    ("two series of one name", chart(plot(names=("Plan", "Plan"))), '`name` "Plan" already exists'),
    ("two categories of one name", chart(plot(labels=("Q1", "Q1"))), '`categories` "Q1" already exists'),
    (
        "a point missing",
        chart({**plot(), "series": [series(labels=("Q1",))]}),
        "data labels must match axis_config.categories [json-pointer:/blocks/0/chart/series/0/data]",
    ),
    ("chart title as text object", {**chart(pie()), "title": plain()}, "must provide a string"),
]


@pytest.mark.parametrize(("block", "complaint"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_an_invalid_block_gets_the_right_code(block: dict[str, Any], complaint: str) -> None:
    problems = messages_of(check_blocks([block], "message"))
    assert len(problems) == 1
    assert complaint in problems[0]


def test_a_modal_refuses_and_names_message_blocks() -> None:
    assert messages_of(check_blocks([section(), table()], "modal")) == [
        "unsupported type: table [json-pointer:/blocks/1/type]"
    ]


def test_duplicate_block_ids_are_refused_inside_containers() -> None:
    inner = {"type": "container", "title": plain(), "child_blocks": [section(block_id="status")]}
    assert messages_of(check_blocks([section(block_id="status"), inner], "message")) == [
        '`block_id` "status" already exists [json-pointer:/blocks/1/child_blocks/0/block_id]'
    ]


def test_action_ids_may_repeat_in_other_blocks() -> None:
    assert check_blocks([actions(button("open")), actions(button("open"))], "message") == []


@pytest.mark.parametrize("blocks", [None, "[]", {"type": "divider"}, 7])
def test_blocks_must_be_a_list(blocks: object) -> None:
    assert messages_of(check_blocks(blocks, "message")) == ["must provide an array [json-pointer:/blocks]"]


def test_each_block_must_be_an_object() -> None:
    problems = messages_of(check_blocks([None, "divider", [], {"type": ["divider"]}], "home"))
    assert problems[:3] == [f"must provide an object [json-pointer:/blocks/{index}]" for index in range(3)]
    assert problems[3].endswith("[json-pointer:/blocks/3/type]")


def test_all_violations_are_listed_at_once() -> None:
    wrong = section(text=mrkdwn(""), accessory=button(style="loud"))
    assert len(check_blocks([wrong, {"type": "banner"}], "message")) == 3


def test_blocks_are_refused_as_options() -> None:
    assert check_blocks([option()], "message")
