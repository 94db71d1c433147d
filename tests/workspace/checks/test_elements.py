"""Elements: where each is allowed, and what Slack refuses in it."""

from typing import Any

import pytest

from tests.workspace.checks.payloads import (
    actions,
    button,
    confirm,
    field,
    group,
    messages_of,
    mrkdwn,
    option,
    options,
    plain,
    rich,
    rich_section,
    section,
    surfaces_accepting,
    text,
)
from workspace.checks import check_blocks

EVERYWHERE = {"message", "modal", "home"}
PLACES = {"accessory": lambda one: section(accessory=one), "actions": actions, "input": field}

SELECTS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
WITH_OPTIONS = ("static_select", "multi_static_select", "checkboxes", "radio_buttons")
MENUS = {kind: {"type": kind} for one in SELECTS for kind in (one, f"multi_{one}")}
ELEMENTS: dict[str, dict[str, Any]] = {
    **MENUS,
    **{kind: {"type": kind, "options": options(2)} for kind in WITH_OPTIONS},
    "button": button(),
    "overflow": {"type": "overflow", "options": [option(url="https://example.org")]},
    "external_select": {"type": "external_select", "min_query_length": 0, "initial_option": option()},
    "multi_external_select": {"type": "multi_external_select", "min_query_length": 0, "initial_options": [option()]},
    "datepicker": {"type": "datepicker", "initial_date": "2026-02-28"},
    "timepicker": {"type": "timepicker", "initial_time": "09:30", "timezone": "Europe/Paris"},
    "datetimepicker": {"type": "datetimepicker", "initial_date_time": 1_790_000_000},
    "plain_text_input": {"type": "plain_text_input", "multiline": True, "min_length": 0, "max_length": 3000},
    "email_text_input": {"type": "email_text_input"},
    "url_text_input": {"type": "url_text_input"},
    "number_input": {"type": "number_input", "is_decimal_allowed": False, "min_value": "0", "max_value": "100"},
    "rich_text_input": {"type": "rich_text_input", "initial_value": rich(rich_section(text()))},
    "file_input": {"type": "file_input", "filetypes": ["pdf"], "max_files": 3},
    "workflow_button": {
        "type": "workflow_button",
        "text": plain(),
        "workflow": {"trigger": {"url": "https://slack.com/shortcuts/Ft1/x"}},
    },
}
CHOSEN = {*MENUS, "checkboxes", "radio_buttons", "datepicker", "timepicker"}
STANDS = {
    "accessory": CHOSEN | {"button", "overflow", "workflow_button"},
    "actions": CHOSEN | {"button", "overflow", "workflow_button", "datetimepicker", "rich_text_input"},
    "input": CHOSEN
    | {"datetimepicker", "plain_text_input", "email_text_input", "url_text_input", "number_input"}
    | {"rich_text_input", "file_input"},
}
SURFACES = {
    "datetimepicker": {"message", "modal"},
    "email_text_input": {"modal"},
    "url_text_input": {"modal"},
    "number_input": {"modal"},
    "file_input": {"modal"},
    "rich_text_input": {"modal", "home"},
    "workflow_button": {"message"},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ELEMENTS)
def test_elements_are_accepted_where_slack_allows_them(place: str, kind: str) -> None:
    surfaces = SURFACES.get(kind, EVERYWHERE) if kind in STANDS[place] else set()
    assert surfaces_accepting(PLACES[place](ELEMENTS[kind])) == surfaces


def of(kind: str, **more: Any) -> dict[str, Any]:
    return {**ELEMENTS[kind], **more}


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("mrkdwn placeholder", of("users_select", placeholder=mrkdwn()), "unsupported type: mrkdwn"),
    (
        "mrkdwn option in a menu",
        of("static_select", options=[{"text": mrkdwn(), "value": "a"}]),
        "unsupported type: mrkdwn",
    ),
    ("option without value", of("radio_buttons", options=[{"text": plain()}]), "missing required field: value"),
    ("link in a menu", of("static_select", options=[option(url="https://a.b")]), "invalid additional property: url"),
    ("two choices of one value", of("checkboxes", options=[option("a"), option("a")]), '`value` "a" already exists'),
    (
        "no options",
        of("static_select", options=[]),
        "must provide at least 1 items [json-pointer:/blocks/0/element/options]",
    ),
    ("neither options nor groups", {"type": "static_select"}, "must define either `options` or `option_groups`"),
    ("options and groups", of("static_select", option_groups=[group()]), "only one of `options`, `option_groups`"),
    ("options in a people menu", of("users_select", options=options(1)), "invalid additional property: options"),
    (
        "initial option unknown",
        of("static_select", initial_option=option("red")),
        "must match one of the provided options [json-pointer:/blocks/0/element/initial_option]",
    ),
    (
        "initial option reworded",
        of("radio_buttons", initial_option={**options(1)[0], "text": plain("Other")}),
        "must match one of the provided options",
    ),
    (
        "one initial option unknown",
        of("checkboxes", initial_options=[*options(1), option("red")]),
        "must match one of the provided options [json-pointer:/blocks/0/element/initial_options/1]",
    ),
    ("nothing chosen at first", of("checkboxes", initial_options=[]), "must provide at least 1 items"),
    (
        "more chosen than allowed",
        of("multi_users_select", initial_users=["U01ADA", "U02BEN"], max_selected_items=1),
        "no more than 1 items allowed [json-pointer:/blocks/0/element/initial_users]",
    ),
    ("no one may be chosen", of("multi_users_select", max_selected_items=0), "must be greater than 0"),
    ("date in words", of("datepicker", initial_date="28 February"), "must be a date as YYYY-MM-DD"),
    ("date that is none", of("datepicker", initial_date="2026-02-30"), "must be a valid date"),
    ("time of day", of("timepicker", initial_time="24:00"), "must be a time as HH:mm"),
    ("moment in milliseconds", of("datetimepicker", initial_date_time=1_790_000_000_000), "must be less than"),
    ("moment as a string", of("datetimepicker", initial_date_time="1790000000"), "must provide an integer"),
    ("number without its kind", {"type": "number_input"}, "missing required field: is_decimal_allowed"),
    ("numeral as a number", of("number_input", min_value=0), "must provide a string"),
    ("limits the wrong way", of("number_input", min_value="9", max_value="1"), "`min_value` cannot be greater"),
    (
        "first number too small",
        of("number_input", initial_value="-1"),
        "`min_value` cannot be greater than `initial_value`",
    ),
    ("half a whole number", of("number_input", initial_value="0.5"), "must be a whole number"),
    ("lengths the wrong way", of("plain_text_input", min_length=9, max_length=3), "`min_length` cannot be greater"),
    (
        "first text too long",
        of("plain_text_input", initial_value="long", max_length=3),
        "must be less than 4 characters",
    ),
    (
        "unknown trigger",
        of("plain_text_input", dispatch_action_config={"trigger_actions_on": ["on_blur"]}),
        "valid enum",
    ),
    ("rich text as text", of("rich_text_input", initial_value=plain()), "unsupported type: plain_text"),
    ("too many lines", of("rich_text_input", min_lines=101), "must be less than 101"),
    ("empty filter", of("conversations_select", filter={}), "must define at least one of `include`"),
    ("filter by nothing", of("conversations_select", filter={"include": []}), "must provide at least 1 items"),
    ("dialog for files", of("file_input", confirm=confirm()), "invalid additional property: confirm"),
]


@pytest.mark.parametrize(("element", "complaint"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_an_invalid_element_gets_the_right_code(element: dict[str, Any], complaint: str) -> None:
    problems = messages_of(check_blocks([field(element)], "modal"))
    assert len(problems) == 1
    assert complaint in problems[0]


BUTTONS: list[tuple[str, dict[str, Any], str]] = [
    ("mrkdwn label", button(text=mrkdwn()), "unsupported type: mrkdwn"),
    ("no label", {"type": "button"}, "missing required field: text"),
    ("unknown style", button(style="secondary"), "must be a valid enum value"),
    ("value as a number", button(value=7), "must provide a string [json-pointer:/blocks/0/elements/0/value]"),
    ("empty value", button(value=""), "must be more than 0 characters"),
    ("address without scheme", button(url="example.org"), "must be a valid URL"),
    ("address that runs a script", button(url="javascript:alert(1)"), "must be a valid URL"),
    ("dialog without title", button(confirm={"text": plain()}), "missing required field: title"),
    ("dialog titled in mrkdwn", button(confirm=confirm(title=mrkdwn())), "unsupported type: mrkdwn"),
    ("dialog of an unknown style", button(confirm=confirm(style="calm")), "must be a valid enum value"),
    ("empty name", button(""), "must be more than 0 characters [json-pointer:/blocks/0/elements/0/action_id]"),
]


@pytest.mark.parametrize(("wrong", "complaint"), [case[1:] for case in BUTTONS], ids=[case[0] for case in BUTTONS])
def test_an_invalid_button_gets_the_right_code(wrong: dict[str, Any], complaint: str) -> None:
    assert any(complaint in problem for problem in messages_of(check_blocks([actions(wrong)], "message")))


def test_initial_options_may_omit_the_emoji_flag() -> None:
    shown = {"text": plain("Amber", emoji=True), "value": "amber"}
    element = {"type": "static_select", "options": [shown], "initial_option": option("amber", "Amber")}
    assert check_blocks([field(element)], "modal") == []


def test_initial_options_may_come_from_a_group() -> None:
    element = {"type": "static_select", "option_groups": [group()], "initial_option": option("p0")}
    assert check_blocks([field(element)], "modal") == []


def test_initial_options_may_reach_the_maximum() -> None:
    assert (
        check_blocks([field(of("multi_users_select", initial_users=["U01ADA"], max_selected_items=1))], "modal") == []
    )


def test_option_values_are_unique_across_groups() -> None:
    element = {"type": "static_select", "option_groups": [group("Live"), group("Closed")]}
    assert messages_of(check_blocks([field(element)], "modal")) == [
        '`value` "p0" already exists [json-pointer:/blocks/0/element/option_groups/1/options/0/value]'
    ]


@pytest.mark.parametrize("kind", ["conversations_select", "channels_select"])
def test_response_urls_need_an_input_in_a_modal(kind: str) -> None:
    menu = of(kind, response_url_enabled=True)
    assert surfaces_accepting(field(menu)) == {"modal"}
    assert surfaces_accepting(section(accessory=menu)) == set()


def test_file_inputs_cannot_dispatch_actions() -> None:
    [problem] = check_blocks([field(ELEMENTS["file_input"], dispatch_action=True)], "modal")
    assert problem.message == "`dispatch_action` cannot be used with `file_input`"
