"""The PMO gets a report of failed deliveries, with what to do about each."""

import pytest

from bot.engine.dead_letters import QUIET_FOR, ReportDeadLetters
from bot.engine.slack_methods import list_calls
from handlers.context import AppContext
from storage.engine.deliveries import Deliveries, SendResult
from storage.engine.rate_limits import PostingLimits
from storage.store import Store
from tests.bot.conftest import LEASE, Now


class Mail:
    """Deliveries that fail permanently, and the reports that the PMO gets."""

    def __init__(self, store: Store, now: Now) -> None:
        self.store = store
        self.now = now
        self.deliveries = Deliveries(store.database, PostingLimits(), LEASE, list_calls)

    def deliver(self, channel: str) -> None:
        with self.store.transaction(self.now()) as tx:
            tx.outbox.post(channel, {"text": "fine"})
        assert self.read(channel) == ["fine"]

    def fail(self, channel: str, error: str) -> None:
        with self.store.transaction(self.now()) as tx:
            tx.outbox.post(channel, {"text": "undeliverable"})
        for one in self.deliveries.claim("host:1", self.now(), 10).deliveries:
            self.deliveries.give_up(one, error, self.now())

    def read(self, place: str = "C03TRIAGE") -> list[str]:
        """What is posted there now; nothing may be posted elsewhere."""
        found = self.deliveries.claim("host:2", self.now(), 10).deliveries
        self.deliveries.record_sent([SendResult(one, one.channel, "1.1") for one in found], self.now())
        return [one.arguments["text"] for one in found if one.channel == place]


@pytest.fixture
def mail(store: Store, now: Now) -> Mail:
    return Mail(store, now)


def test_one_message_names_places_reasons_and_remedies(ctx: AppContext, mail: Mail) -> None:
    mail.fail("C06LEADERS", "not_in_channel")
    mail.fail("C06LEADERS", "not_in_channel")
    mail.fail("U01ADA", "invalid_blocks")
    ReportDeadLetters(ctx)(mail.now())
    [text] = mail.read()
    assert text.splitlines() == [
        "I couldn't deliver 3 messages:",
        "• <#C06LEADERS> (2 times): I'm not in that channel (not_in_channel). "
        "Invite the bot with /invite @PMO Assistant.",
        "• <@U01ADA>: Slack didn't accept the message (invalid_blocks). "
        "This is a defect in the bot; see its log for details.",
        "To check channels and people, run `pmo doctor`.",
    ]


def test_reports_keep_a_quiet_time_between_them(ctx: AppContext, mail: Mail) -> None:
    report = ReportDeadLetters(ctx)
    mail.fail("C06LEADERS", "not_in_channel")
    report(mail.now())
    assert len(mail.read()) == 1
    mail.fail("C05STORIES", "is_archived")
    report(mail.now())
    assert mail.read() == []
    mail.now.forward(QUIET_FOR.total_seconds())
    report(mail.now())
    assert "<#C05STORIES>" in mail.read()[0]


def test_failure_of_the_triage_channel_goes_to_the_pmo_lead_once(ctx: AppContext, mail: Mail) -> None:
    report = ReportDeadLetters(ctx)
    for expected in (1, 0, 0):
        mail.fail("C03TRIAGE", "is_archived")
        report(mail.now())
        shown = mail.read("U05EMEKA")
        assert len(shown) == expected
        assert all(
            "<#C03TRIAGE>: the channel is archived" in text and "Unarchive the channel" in text for text in shown
        )
        mail.now.forward(QUIET_FOR.total_seconds() + 1)


def test_same_failure_is_reported_again_only_after_a_success(ctx: AppContext, mail: Mail) -> None:
    report = ReportDeadLetters(ctx)

    def fail_later(error: str = "not_in_channel") -> int:
        mail.now.forward(QUIET_FOR.total_seconds() + 1)
        mail.fail("C06LEADERS", error)
        report(mail.now())
        return len(mail.read())

    assert [fail_later(), fail_later(), fail_later("is_archived"), fail_later()] == [1, 0, 1, 0]
    mail.now.forward(1)
    mail.deliver("C06LEADERS")
    assert [fail_later(), fail_later()] == [1, 0]


def test_nothing_failed_means_nothing_is_posted(ctx: AppContext, mail: Mail) -> None:
    assert ReportDeadLetters(ctx)(mail.now()) is None
    assert mail.read() == []
