"""Claims follow priority and the rate limits."""

from storage.engine.deliveries import Deliveries
from storage.engine.delivery_kinds import DeliveryKind
from storage.engine.rate_limits import EVERYTHING
from tests.storage.cast import ADA, BEN, NOW, ONE, TRIAGE, TWO, accept_post, later, texts
from tests.storage.engine.desk import Desk, claim, read_texts


def test_prompt_posts_go_before_bulk(desk: Desk, sender: Deliveries) -> None:
    for number in range(60):
        desk.say("one of many", f"U{number:03}", bulk=True)
    desk.say("an answer", ADA)
    assert read_texts(claim(sender))[0] == "an answer"


def test_claim_without_bulk_ignores_bulk_due_times(desk: Desk, sender: Deliveries) -> None:
    desk.say("one of many", ADA, bulk=True)
    claimed = sender.claim(ONE, NOW, 50, include_bulk=False)
    assert (read_texts(claimed.deliveries), claimed.check_again_at) == ([], None)
    desk.say("an answer", BEN)
    claimed = sender.claim(ONE, NOW, 50, include_bulk=False)
    assert read_texts(claimed.deliveries) == ["an answer"]
    assert claimed.check_again_at is None or claimed.check_again_at > NOW


def test_bulk_posts_are_spread_evenly(desk: Desk, sender: Deliveries) -> None:
    for number in range(60):
        desk.say(f"{number}", f"U{number:03}", bulk=True)
    moment, went = 0.0, 0
    while went < 60:
        claimed = sender.claim(ONE, later(moment), 50)
        assert [one.not_before for one in claimed.deliveries] == sorted(one.not_before for one in claimed.deliveries)
        for one in claimed.deliveries:
            accept_post(sender, one, later(moment))
        went += len(claimed.deliveries)
        again = claimed.check_again_at
        if went < 60:
            assert again is not None
            assert again > later(moment)
            moment = (again - NOW).total_seconds()
    assert 60 * 60 / 280 - 1.5 < moment < 60 * 60 / 280 + 1.5


def test_next_free_slot_is_reported(desk: Desk, sender: Deliveries) -> None:
    for number in range(6):
        desk.say(f"{number}", thread_ts=f"{number}.1")
    claimed = sender.claim(ONE, NOW, 50)
    assert len(claimed.deliveries) == 5
    assert claimed.check_again_at == later(5.2)
    assert sender.claim(ONE, later(1), 50).check_again_at == later(5.2)
    assert read_texts(claim(sender, 5.2)) == ["5"]


def test_slots_missed_during_pause_are_lost(desk: Desk, sender: Deliveries) -> None:
    for number in range(14):
        desk.say(f"{number}", thread_ts=f"{number}.1")
    for one in claim(sender):
        sender.pause(one, DeliveryKind.POST, later(60))
    assert len(claim(sender, 60)) == 5


def test_bulk_backlog_hides_no_prompt_post(desk: Desk, sender: Deliveries) -> None:
    for number in range(60):
        desk.say(f"{number}", f"U{number:03}", bulk=True)
    claim(sender)
    desk.say("soon", now=later(0.1))
    assert "soon" in read_texts(claim(sender, 0.1))


def test_pause_holds_all_processes_without_attempt(desk: Desk, sender: Deliveries) -> None:
    desk.say("one")
    desk.say("two", TRIAGE)
    [one, two] = claim(sender)
    sender.pause(one, DeliveryKind.POST, later(30))
    sender.retry_in_order(two, "no network", later(1))
    assert claim(sender, 29, TWO) == []
    assert sender.claim(TWO, later(29), 5).check_again_at == later(30)
    found = {delivery.arguments["text"]: delivery.attempt for delivery in claim(sender, 30, TWO)}
    assert found == {"one": 1, "two": 2}


def test_search_pause_holds_only_repeated_posts(desk: Desk, sender: Deliveries) -> None:
    desk.say("tried before")
    desk.say("tried elsewhere", TRIAGE)
    for tried in claim(sender):
        sender.retry_in_order(tried, "no network", later(1))
    first, second = claim(sender, 1)
    sender.pause(first, "search", later(30))
    sender.retry_in_order(second, "no network", later(2))
    desk.say("new", TRIAGE, thread_ts="1.1", now=later(2))
    assert read_texts(claim(sender, 2)) == ["new"]
    assert read_texts(claim(sender, 30)) == ["tried before", "tried elsewhere"]


def test_rejected_token_pauses_everything(desk: Desk, sender: Deliveries) -> None:
    desk.say("one")
    [one] = claim(sender)
    sender.pause(one, EVERYTHING, later(60))
    desk.home(ADA, "home")
    assert claim(sender, 59) == []
    assert len(claim(sender, 60)) == 2


def test_stopping_claims_only_prompt_posts(desk: Desk, sender: Deliveries) -> None:
    desk.say("one of many", bulk=True)
    desk.say("an answer", TRIAGE)
    assert texts(sender.claim(ONE, NOW, 10, include_bulk=False)) == ["an answer"]


def test_long_channel_queue_hides_no_other(desk: Desk, sender: Deliveries) -> None:
    for number in range(600):
        desk.say(f"{number}")
    desk.say("elsewhere", TRIAGE)
    assert read_texts(claim(sender))[:1] == ["0"]
    found: list[str] = []
    for _ in range(3):
        found += read_texts(claim(sender, 0.01))
    assert found == ["elsewhere"]


# Direct messages instead, and failures
