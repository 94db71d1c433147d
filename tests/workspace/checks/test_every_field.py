"""Every field in Slack's reference is accepted: blocks and elements with all of their fields at once."""

from typing import Any

import pytest

from tests.workspace.checks.payloads import (
    actions,
    button,
    chart,
    confirm,
    data_table,
    field,
    group,
    image,
    modal,
    mrkdwn,
    option,
    options,
    pie,
    plain,
    rich,
    rich_section,
    section,
    table,
    text,
)
from workspace.checks import Surface, check_blocks, check_message, check_view

FOCUS: dict[str, Any] = {"action_id": "one", "focus_on_load": True}
ASKING: dict[str, Any] = {**FOCUS, "confirm": confirm(style="primary")}
MENU: dict[str, Any] = {**ASKING, "placeholder": plain("Choose", emoji=True)}
SEVERAL: dict[str, Any] = {**MENU, "max_selected_items": 2}
DISPATCH = {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]}
WRITING: dict[str, Any] = {**FOCUS, "placeholder": plain(), "dispatch_action_config": DISPATCH}
FILTER = {
    "include": ["im", "mpim", "private", "public"],
    "exclude_external_shared_channels": True,
    "exclude_bot_users": True,
}
CONVERSATIONS: dict[str, Any] = {"filter": FILTER, "default_to_current_conversation": True}
GROUPS = [group("Live", 2)]

ELEMENTS: dict[str, dict[str, Any]] = {
    "checkboxes": {**ASKING, "options": options(2), "initial_options": options(1)},
    "radio_buttons": {**ASKING, "options": options(2), "initial_option": options(1)[0]},
    "static_select": {**MENU, "options": options(2), "initial_option": options(1)[0]},
    "external_select": {**MENU, "initial_option": option(), "min_query_length": 2},
    "users_select": {**MENU, "initial_user": "U03WEI"},
    "conversations_select": {
        **MENU,
        **CONVERSATIONS,
        "initial_conversation": "C07ASK",
        "response_url_enabled": True,
    },
    "channels_select": {**MENU, "initial_channel": "C07ASK", "response_url_enabled": True},
    "multi_static_select": {**SEVERAL, "option_groups": GROUPS, "initial_options": GROUPS[0]["options"]},
    "multi_external_select": {**SEVERAL, "initial_options": [option()], "min_query_length": 2},
    "multi_users_select": {**SEVERAL, "initial_users": ["U03WEI"]},
    "multi_conversations_select": {**SEVERAL, **CONVERSATIONS, "initial_conversations": ["C07ASK"]},
    "multi_channels_select": {**SEVERAL, "initial_channels": ["C07ASK"]},
    "datepicker": {**MENU, "initial_date": "2026-10-03"},
    "timepicker": {**MENU, "initial_time": "09:30", "timezone": "America/Argentina/Buenos_Aires"},
    "datetimepicker": {**ASKING, "initial_date_time": 1_790_000_000},
    "plain_text_input": {**WRITING, "initial_value": "x", "multiline": True, "min_length": 0, "max_length": 9},
    "email_text_input": {**WRITING, "initial_value": "wei@example.org"},
    "url_text_input": {**WRITING, "initial_value": "https://example.org"},
    "number_input": {
        **WRITING,
        "is_decimal_allowed": True,
        "initial_value": "0.5",
        "min_value": "-1",
        "max_value": "1",
    },
    "rich_text_input": {**WRITING, "initial_value": rich(), "min_lines": 1, "max_lines": 5},
    "file_input": {"action_id": "one", "filetypes": ["pdf"], "max_files": 2},
}


@pytest.mark.parametrize("kind", ELEMENTS)
def test_inputs_accept_all_of_their_fields(kind: str) -> None:
    element = {"type": kind, **ELEMENTS[kind]}
    send = {"dispatch_action": True} if kind != "file_input" else {}
    assert check_blocks([field(element, hint=plain(), optional=True, **send)], "modal") == []


@pytest.mark.parametrize("kind", ["conversations_select", "channels_select"])
@pytest.mark.parametrize("surface", ["message", "home"])
def test_menus_outside_modals_accept_other_fields(kind: str, surface: Surface) -> None:
    menu = {name: value for name, value in ELEMENTS[kind].items() if name != "response_url_enabled"}
    assert check_blocks([section(accessory={"type": kind, **menu})], surface) == []


PRESSED: dict[str, Any] = {"text": plain(), "action_id": "one", "confirm": confirm(), "accessibility_label": "Open"}
TRIGGER = {
    "url": "https://slack.com/shortcuts/Ft01",
    "customizable_input_parameters": [{"name": "project", "value": "meters"}],
}
BUTTONS: dict[str, dict[str, Any]] = {
    "button": {**PRESSED, "url": "https://example.org", "value": "1", "style": "primary"},
    "workflow_button": {**PRESSED, "workflow": {"trigger": TRIGGER}, "style": "danger"},
    "overflow": {
        "action_id": "one",
        "confirm": confirm(),
        "options": [option(url="https://example.org", description=plain())],
    },
}
FEEDBACK = {"text": plain(), "value": "good", "accessibility_label": "Good answer"}
IN_CONTEXT_ACTIONS: dict[str, dict[str, Any]] = {
    "icon_button": {**PRESSED, "icon": "trash", "value": "1", "visible_to_user_ids": ["U03WEI"]},
    "feedback_buttons": {"action_id": "one", "positive_button": FEEDBACK, "negative_button": FEEDBACK},
}


@pytest.mark.parametrize("kind", BUTTONS)
def test_buttons_accept_all_of_their_fields(kind: str) -> None:
    assert check_blocks([actions({"type": kind, **BUTTONS[kind]})], "message") == []


@pytest.mark.parametrize("kind", IN_CONTEXT_ACTIONS)
def test_context_actions_accept_all_of_their_fields(kind: str) -> None:
    block = {"type": "context_actions", "elements": [{"type": kind, **IN_CONTEXT_ACTIONS[kind]}]}
    assert check_blocks([block], "message") == []


STYLE = dict.fromkeys(("bold", "italic", "strike", "underline", "code"), True)
MENTION = {**STYLE, **dict.fromkeys(("highlight", "client_highlight", "unlink"), False)}
INLINE: list[dict[str, Any]] = [
    text(style=STYLE),
    {"type": "link", "url": "https://example.org", "text": "Handbook", "unsafe": False, "style": STYLE},
    {"type": "user", "user_id": "U03WEI", "style": MENTION},
    {"type": "usergroup", "usergroup_id": "S01PMO", "style": MENTION},
    {"type": "channel", "channel_id": "C07ASK", "style": MENTION},
    {"type": "team", "team_id": "T00MERIDIAN", "style": MENTION},
    {"type": "broadcast", "range": "channel", "style": STYLE},
    {"type": "emoji", "name": "wave", "unicode": "1f44b", "url": "https://example.org/e.png", "style": STYLE},
    {"type": "date", "timestamp": 1, "format": "{ago}", "url": "https://a.b", "fallback": "today", "style": STYLE},
    {"type": "color", "value": "2eb67d", "style": STYLE},
]
RICH = rich(
    rich_section(*INLINE),
    {"type": "rich_text_quote", "elements": INLINE, "border": 1},
    {"type": "rich_text_preformatted", "elements": INLINE[:2], "border": 1, "language": "python"},
    {
        "type": "rich_text_list",
        "style": "ordered",
        "elements": [rich_section(*INLINE)],
        "indent": 1,
        "offset": 2,
        "border": 1,
    },
)
TASK: dict[str, Any] = {
    "type": "task_card",
    "task_id": "t1",
    "title": "Read",
    "status": "error",
    "details": RICH,
    "output": RICH,
    "sources": [{"type": "url", "url": "https://example.org", "text": "Handbook"}],
}
CARD: dict[str, Any] = {
    "type": "card",
    "hero_image": image(),
    "icon": {"type": "image", "slack_file": {"url": "https://files.slack.com/a.png"}, "alt_text": "Meter"},
    "title": mrkdwn(verbatim=False),
    "subtitle": plain(emoji=True),
    "body": mrkdwn(),
    "actions": [button()],
}
CONTAINER: dict[str, Any] = {
    "type": "container",
    "title": plain(),
    "rich_text_title": RICH,
    "subtitle": mrkdwn(),
    "child_blocks": [section(block_id="inner")],
    "width": "full",
    "icon": image(),
}
VIDEO: dict[str, Any] = {
    "type": "video",
    "alt_text": "Gates",
    "title": plain(),
    "thumbnail_url": "https://example.org/g.png",
    "video_url": "https://example.org/g",
    "title_url": "https://example.org/gates",
    "author_name": "Wei Chen",
    "provider_name": "Meridian Water",
    "provider_icon_url": "https://example.org/m.png",
    "description": plain(),
}
EVERYWHERE: list[dict[str, Any]] = [
    section(fields=[mrkdwn()], accessory=button(), expand=True),
    {"type": "header", "text": plain(emoji=False), "level": 2},
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn(verbatim=True), plain(emoji=True), image()]},
    actions(button()),
    image(title=plain(emoji=True)),
    {"type": "image", "slack_file": {"id": "F01"}, "alt_text": "Chart", "title": plain()},
    field({"type": "users_select"}, hint=plain(), optional=False, dispatch_action=True),
    RICH,
    VIDEO,
]
WIDE: list[dict[str, Any]] = [
    CARD,
    {"type": "carousel", "elements": [CARD]},
    {**CONTAINER, "is_collapsible": True, "default_collapsed": True},
    {**CONTAINER, "has_header_divider": True},
    table(column_settings=[{"align": "center", "is_wrapped": False}]),
    data_table(page_size=1, row_header_column_index=0),
    chart(pie()),
]
CONVERSATION: list[dict[str, Any]] = [
    {"type": "markdown", "text": "# Digest"},
    {"type": "context_actions", "elements": [{"type": "feedback_buttons", **IN_CONTEXT_ACTIONS["feedback_buttons"]}]},
    {"type": "plan", "title": "Reading", "tasks": [{**TASK, "block_id": "task"}]},
    TASK,
]
ALERT = {"type": "alert", "text": mrkdwn(), "level": "success"}
BLOCKS: list[tuple[Surface, dict[str, Any]]] = [
    *(("message", one) for one in (*EVERYWHERE, *WIDE, *CONVERSATION)),
    *(("modal", one) for one in (*EVERYWHERE, ALERT)),
    *(("home", one) for one in (*EVERYWHERE, *WIDE)),
]


@pytest.mark.parametrize(("surface", "block"), BLOCKS, ids=lambda part: part if isinstance(part, str) else part["type"])
def test_blocks_accept_all_of_their_fields(surface: Surface, block: dict[str, Any]) -> None:
    assert check_blocks([{**block, "block_id": "outer"}], surface) == []


def test_views_accept_all_of_their_fields() -> None:
    names = {"private_metadata": "{}", "callback_id": "request", "external_id": "request-7"}
    buttons = {"submit": plain(), "close": plain(), "clear_on_close": True, "notify_on_close": True}
    assert check_view(modal(section(), **names, **buttons)) == []
    assert check_view({"type": "home", "blocks": [section()], **names}) == []


def test_attachments_accept_all_of_their_fields() -> None:
    words = ("fallback", "text", "pretext", "title", "author_name", "author_subname", "footer", "callback_id", "color")
    links = ("title_link", "author_link", "author_icon", "image_url", "thumb_url", "footer_icon", "from_url")
    rest = {"ts": 1_790_000_000, "id": 1, "attachment_type": "default", "mrkdwn_in": ["text"], "actions": []}
    fields = [{"title": "CPI", "value": "0.9", "short": True}]
    attachment = dict.fromkeys((*words, *links), "x") | rest | {"fields": fields, "blocks": [section()]}
    assert check_message({"attachments": [attachment]}) == []
