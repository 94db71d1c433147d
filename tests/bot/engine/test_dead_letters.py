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

    def fail(self, channel: str, error: str) -> None:
        with self.store.transaction(self.now()) as tx:
            tx.outbox.post(channel, {"text": "undeliverable"})
        for one in self.deliveries.claim("host:1", self.now(), 10).deliveries:
            self.deliveries.give_up(one, error, self.now())

    def read(self) -> list[str]:
        """What is posted now."""
        found = self.deliveries.claim("host:2", self.now(), 10).deliveries
        self.deliveries.record_sent([SendResult(one, one.channel, "1.1") for one in found], self.now())
        assert {one.channel for one in found} <= {"C03TRIAGE"}
        return [one.arguments["text"] for one in found]


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
        "• <#C06LEADERS> (2 times): not_in_channel – the bot isn't in the channel; "
        "invite it with /invite @PMO Assistant.",
        "• <@U01ADA>: invalid_blocks – this is a defect in the bot; see its log for details.",
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


def test_failure_of_the_triage_channel_goes_to_the_log(
    ctx: AppContext, mail: Mail, caplog: pytest.LogCaptureFixture
) -> None:
    report = ReportDeadLetters(ctx)
    mail.fail("C03TRIAGE", "not_in_channel")
    for _ in range(3):
        report(mail.now())
        mail.now.forward(QUIET_FOR.total_seconds())
    assert mail.read() == []
    assert caplog.text.count("Not delivered to C03TRIAGE") == 1


def test_nothing_failed_means_nothing_is_posted(ctx: AppContext, mail: Mail) -> None:
    assert ReportDeadLetters(ctx)(mail.now()) is None
    assert mail.read() == []
