"""What the checks say, in Slack's own words."""

from typing import Any

from workspace.checks import check_blocks, check_message, check_view


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def said(problems: Any) -> list[str]:
    return [str(problem) for problem in problems]


def test_an_ordinary_message_is_accepted() -> None:
    button = {"type": "button", "action_id": "open", "text": plain("Open"), "value": "REQ-1"}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*Health check*"}, "accessory": button}
    assert check_message({"channel": "C07ASK", "text": "Health check", "blocks": [section, {"type": "divider"}]}) == []


def test_a_refusal_reads_as_slack_writes_it() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    assert said(check_message({"text": "x", "blocks": [section]})) == [
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


def test_an_empty_text_is_refused() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": ""}}
    assert said(check_blocks([section], "home")) == ["must be more than 0 characters [json-pointer:/blocks/0/text/text]"]


def test_a_message_takes_fifty_blocks_and_no_more() -> None:
    assert check_blocks([{"type": "divider"}] * 50, "message") == []
    assert said(check_blocks([{"type": "divider"}] * 51, "message")) == [
        "no more than 50 items allowed [json-pointer:/blocks]"
    ]


def test_a_modal_with_an_input_needs_a_submit_button() -> None:
    field = {"type": "input", "label": plain("Project"), "element": {"type": "plain_text_input"}}
    view = {"type": "modal", "title": plain("New request"), "blocks": [{"type": "divider"}, field]}
    assert said(check_view(view)) == [
        "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/1/input]"
    ]
    assert check_view({**view, "submit": plain("Send")}) == []
