"""The message in whose menu a shortcut was chosen, as Slack's message_action describes it."""

from typing import Any

from handlers.requests.forms import quote_message
from handlers.slack.payloads import ChosenMessage, read_chosen_message, read_place
from servicedesk.forms import MAX_LONG_TEXT_LENGTH

LINK = "https://acme.slack.com/archives/C1/p10000001"


def build(**message: Any) -> dict[str, Any]:
    return {
        "type": "message_action",
        "user": {"id": "U1"},
        "team": {"id": "T1", "domain": "acme"},
        "channel": {"id": "C1"},
        "message_ts": "10.000001",
        "message": {"type": "message", "ts": "10.000001"} | message,
        "response_url": "https://hooks.slack.com/x",
        "trigger_id": "1.2.3",
    }


def test_text_is_read_as_typed_and_linked() -> None:
    chosen = read_chosen_message(build(text="Why &lt;late&gt;, <@U2>? <https://a.example|Plan>"))
    assert chosen == ChosenMessage("Why <late>, ? Plan", LINK)


def test_reply_is_linked_within_its_thread() -> None:
    assert read_chosen_message(build(text="x", thread_ts="9.1")).link == f"{LINK}?thread_ts=9.1&cid=C1"


def test_apps_message_may_have_its_words_in_an_attachment() -> None:
    assert read_chosen_message(build(attachments=[{"fallback": "Build failed"}])).text == "Build failed"
    assert read_chosen_message(build(text=None)).text == ""


def test_only_the_person_sees_what_comes_of_it() -> None:
    assert read_place(build(text="x")).is_private


def test_long_message_is_quoted_as_far_as_it_fits() -> None:
    details = quote_message("a long line\n" * 400, LINK)
    assert len(details) <= MAX_LONG_TEXT_LENGTH
    assert details.endswith(f"…\n\n{LINK}")
    assert quote_message("", LINK) == LINK
