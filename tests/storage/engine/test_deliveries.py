"""Deliveries are claimed once, in order and within the rate limits, and failures are recorded."""

from datetime import datetime
from typing import Any

import pytest

from storage.database import Database
from storage.engine.claiming import Delivery
from storage.engine.dead_letters import DeadLetters
from storage.engine.deliveries import STOPS_BLOCKING_AFTER, Deliveries, SendResult
from storage.engine.delivery_kinds import DeliveryKind
from storage.engine.outbox import Outbox
from tests.storage.cast import ADA, ASK, BEN, NOW, ONE, TRIAGE, TWO, accept_post, build_text, later
from tests.storage.engine.desk import Desk, claim, read_texts

# Once


def test_delivery_is_claimed_once(desk: Desk, sender: Deliveries) -> None:
    desk.say("hello")
    [mine] = claim(sender)
    assert (mine.attempt, mine.channel, mine.arguments) == (1, ASK, {"text": "hello"})
    assert claim(sender, owner=TWO) == []
    accept_post(sender, mine, later(1))
    assert claim(sender, 3_600, TWO) == []


def test_uncommitted_delivery_is_never_claimed(database: Database, sender: Deliveries) -> None:
    class Stop(Exception):
        pass

    def fail() -> None:
        with database.transaction() as session:
            Outbox(session, NOW).post(ASK, build_text("too early"))
            raise Stop

    with pytest.raises(Stop):
        fail()
    assert claim(sender) == []


def test_key_is_unique_for_ever(desk: Desk, sender: Deliveries) -> None:
    first = desk.say("one", key="digest:monday")
    assert desk.say("two", key="digest:monday") == first
    accept_post(sender, *claim(sender), later(1))
    assert desk.say("three", key="digest:monday") == first
    assert claim(sender, 60) == []


def test_dead_process_delivery_counts_as_attempted(desk: Desk, sender: Deliveries) -> None:
    desk.say("hello")
    claim(sender)
    assert claim(sender, 59, TWO) == []
    [taken] = claim(sender, 60, TWO)
    assert taken.attempt == 2
    assert taken.first_attempt_at == NOW


def test_late_result_changes_nothing(desk: Desk, sender: Deliveries) -> None:
    delivery = desk.say("hello")
    [mine] = claim(sender)
    [theirs] = claim(sender, 60, TWO)
    assert sender.extend_lease(mine, later(61)) is None
    accept_post(sender, mine, later(61), ts="1.000001")
    sender.give_up(mine, "nonsense", later(61))
    sender.retry_in_order(mine, "nonsense", later(61))
    assert desk.row(delivery).status == "leased"
    accept_post(sender, theirs, later(62), ts="2.000002")
    assert desk.row(delivery).posted_ts == "2.000002"


def test_reclaiming_process_keeps_its_later_claim(desk: Desk, sender: Deliveries) -> None:
    delivery = desk.say("hello")
    [before] = claim(sender)
    [after] = claim(sender, 60)
    assert sender.extend_lease(before, later(61)) is None
    accept_post(sender, before, later(61), ts="1.000001")
    assert desk.row(delivery).status == "leased"
    accept_post(sender, after, later(61), ts="2.000002")
    assert desk.row(delivery).posted_ts == "2.000002"


def test_same_attempt_of_another_owner_is_distinct(desk: Desk, sender: Deliveries) -> None:
    delivery = desk.say("hello")
    [mine] = claim(sender)
    sender.pause(mine, DeliveryKind.POST, later(5))  # not an attempt: the next one has the same number
    [theirs] = claim(sender, 5, TWO)
    assert theirs.attempt == mine.attempt
    accept_post(sender, mine, later(6), ts="1.000001")
    assert desk.row(delivery).status == "leased"


def test_lease_is_extended_only_while_held(desk: Desk, sender: Deliveries) -> None:
    desk.say("hello")
    [mine] = claim(sender)
    extended = sender.extend_lease(mine, later(50))
    assert extended is not None
    assert extended.lease_until == later(110)
    assert claim(sender, 100, TWO) == []
    accept_post(sender, extended, later(101))


def test_release_leaves_time_for_calls_in_flight(desk: Desk, sender: Deliveries) -> None:
    desk.say("hello")
    claim(sender)
    assert sender.release_all(later(5)) == 1
    assert claim(sender, 6, TWO) == []
    assert read_texts(claim(sender, 7, TWO)) == ["hello"]


# In order


def test_channel_posts_keep_their_order(desk: Desk, sender: Deliveries) -> None:
    for what in ("one", "two", "three"):
        desk.say(what)
    order = []
    for second in range(3):
        [next_one] = claim(sender, second)
        order += read_texts([next_one])
        accept_post(sender, next_one, later(second))
    assert order == ["one", "two", "three"]


def test_threads_and_channels_are_independent(desk: Desk, sender: Deliveries) -> None:
    desk.say("in the channel")
    desk.say("in a thread", thread_ts="1.1")
    desk.say("in another", thread_ts="2.2")
    desk.say("elsewhere", TRIAGE)
    desk.say("second in the thread", thread_ts="1.1")
    assert read_texts(claim(sender)) == ["in the channel", "in a thread", "in another", "elsewhere"]


def test_retried_post_keeps_its_turn(desk: Desk, sender: Deliveries) -> None:
    desk.say("one")
    desk.say("two")
    [one] = claim(sender)
    sender.retry_in_order(one, "no network", later(30))
    assert claim(sender, 20) == []
    assert read_texts(claim(sender, 30)) == ["one"]


def test_repeatedly_failing_post_stops_blocking(desk: Desk, sender: Deliveries) -> None:
    desk.say("one")
    desk.say("two")
    for attempt in range(STOPS_BLOCKING_AFTER):
        [one] = claim(sender, attempt * 100)
        assert read_texts([one]) == ["one"]
        sender.retry_without_blocking(one, "internal_error", later((attempt + 1) * 100), later(attempt * 100))
    assert read_texts(claim(sender, STOPS_BLOCKING_AFTER * 100 - 50)) == ["two"]


def test_failed_post_makes_way_at_once(desk: Desk, sender: Deliveries) -> None:
    desk.say("one")
    desk.say("two")
    [one] = claim(sender)
    sender.give_up(one, "invalid_blocks", later(1))
    assert read_texts(claim(sender, 1)) == ["two"]


def test_settled_post_wakes_the_next(desk: Desk, sender: Deliveries) -> None:
    for what in ("one", "two", "three"):
        desk.say(what)
    [one] = claim(sender)
    assert claim(sender) == []  # both were examined and postponed
    accept_post(sender, one, later(0.1))
    assert read_texts(claim(sender, 0.1)) == ["two"]


# Edits and followers


def test_edit_waits_for_its_posts_ts(desk: Desk, sender: Deliveries) -> None:
    card = desk.say("submitted", TRIAGE)
    desk.edit(card, "queued")
    [first] = claim(sender)
    assert read_texts([first]) == ["submitted"]
    assert claim(sender) == []
    accept_post(sender, first, later(1), ts="1789.000200")
    [edit] = claim(sender, 1)
    assert (edit.kind, edit.target_channel, edit.target_ts) == (DeliveryKind.EDIT, TRIAGE, "1789.000200")


def test_only_latest_waiting_edit_is_sent(desk: Desk, sender: Deliveries) -> None:
    card = desk.say("submitted")
    accept_post(sender, *claim(sender), NOW)
    for state in ("queued", "in progress", "delivered"):
        desk.edit(card, state)
    assert read_texts(claim(sender)) == ["delivered"]


def test_edit_during_another_follows_it(desk: Desk, sender: Deliveries) -> None:
    card = desk.say("submitted")
    accept_post(sender, *claim(sender), NOW)
    desk.edit(card, "queued")
    [under_way] = claim(sender)
    desk.edit(card, "in progress")
    desk.edit(card, "delivered")
    assert claim(sender) == []
    accept_post(sender, under_way, later(1))
    assert read_texts(claim(sender, 1)) == ["delivered"]


def test_edits_of_two_messages_are_independent(desk: Desk, sender: Deliveries) -> None:
    cards = [desk.say("card", TRIAGE, thread_ts=f"{number}.1") for number in range(2)]
    for card in claim(sender):
        accept_post(sender, card, NOW)
    for card in cards:
        desk.edit(card, f"changed {card}")
    assert len(claim(sender)) == 2


def test_edit_of_failed_post_has_no_target(desk: Desk, sender: Deliveries) -> None:
    card = desk.say("submitted")
    desk.edit(card, "queued")
    sender.give_up(*claim(sender), "channel_not_found", later(1))
    [edit] = claim(sender, 1)
    assert edit.target_ts is None


def test_follower_gets_its_threads_ts(desk: Desk, sender: Deliveries) -> None:
    digest = desk.say("digest", bulk=True)
    desk.say("details", bulk=True, follows=digest)
    desk.say("more details", bulk=True, follows=digest)
    [first] = claim(sender)
    accept_post(sender, first, later(1), ts="1789.000300")
    [details] = claim(sender, 2)
    assert (read_texts([details]), details.target_ts) == (["details"], "1789.000300")
    accept_post(sender, details, later(3))
    assert read_texts(claim(sender, 4)) == ["more details"]


def test_only_latest_waiting_home_is_sent(desk: Desk, sender: Deliveries) -> None:
    desk.home(ADA, "one")
    desk.home(ADA, "two")
    desk.home(BEN, "hers is not his")
    found = claim(sender)
    assert [(one.channel, one.arguments["view"]["title"]) for one in found] == [(ADA, "two"), (BEN, "hers is not his")]


def send_directly(sender: Deliveries, delivery: Delivery, message: dict[str, Any], *, reports: bool = False) -> None:
    sender.send_as_direct_message(delivery, message, "is_archived", later(1), reports=reports)


def test_impossible_ephemeral_is_sent_directly_once(database: Database, sender: Deliveries) -> None:
    with database.transaction() as session:
        Outbox(session, NOW).post_ephemeral(ASK, ADA, build_text("only you"), thread_ts="1.1")
    [ephemeral] = claim(sender)
    send_directly(sender, ephemeral, build_text("only you"))
    send_directly(sender, ephemeral, build_text("only you"))
    [direct] = claim(sender, 1)
    assert (direct.kind, direct.channel, direct.target) == (DeliveryKind.POST, ADA, None)
    assert direct.arguments == build_text("only you")
    assert not direct.is_repeated, "nothing was posted, so there's nothing to look for"
    accept_post(sender, direct, later(2))
    assert claim(sender, 3_600) == []


def test_edits_and_replies_follow_a_post_that_went_to_its_person(
    desk: Desk, sender: Deliveries, database: Database
) -> None:
    answer = desk.say("answer", person=ADA)
    [post] = claim(sender)
    send_directly(sender, post, build_text("answer for you"), reports=True)
    desk.edit(answer, "better")
    reply = desk.say("more", follows=answer)
    [direct] = claim(sender, 1)
    assert (direct.id, direct.channel) == (answer, ADA)
    sender.record_sent([SendResult(direct, "D01ADA", "7.7")], later(2))
    followers = {one.kind: one for one in claim(sender, 3)}
    assert {one.target_channel for one in followers.values()} == {"D01ADA"}
    assert followers[DeliveryKind.POST].id == reply
    assert read_reported(database) == [(ASK, "is_archived")]


def test_edit_of_a_lost_message_posts_it_anew(desk: Desk, sender: Deliveries, database: Database) -> None:
    card = desk.say("card", channel=ADA)
    accept_post(sender, claim(sender)[0], NOW)
    desk.edit(card, "accepted")
    [edit] = claim(sender, 1)
    send_directly(sender, edit, build_text("accepted"))
    [again] = claim(sender, 2)
    assert (again.id, again.channel, again.arguments) == (card, ADA, build_text("accepted"))
    sender.record_sent([SendResult(again, "D01ADA", "8.8")], later(3))
    desk.edit(card, "closed")
    [edit] = claim(sender, 4)
    assert edit.target_ts == "8.8"
    assert read_reported(database) == []


def test_process_that_lost_its_lease_moves_nothing(desk: Desk, sender: Deliveries) -> None:
    answer = desk.say("answer", person=ADA)
    [mine] = claim(sender)
    [theirs] = claim(sender, 61, TWO)
    send_directly(sender, mine, build_text("late"))
    accept_post(sender, theirs, later(62))
    assert (desk.row(answer).channel, desk.row(answer).status) == (ASK, "done")


def read_reported(database: Database) -> list[tuple[str | None, str]]:
    with database.read_only() as session:
        return [(one.recipient, one.error) for one in DeadLetters(session, NOW).list_unreported()]


def test_expired_url_reply_is_sent_directly(database: Database, sender: Deliveries) -> None:
    url = "https://hooks.slack.com/commands/1"
    with database.transaction() as session:
        Outbox(session, NOW).reply_to_url(url, {"text": "late", "replace_original": False}, user=ADA)
    [answer] = claim(sender)
    assert answer.arguments["response_url"] == url
    send_directly(sender, answer, build_text("late"))
    [direct] = claim(sender, 1)
    assert (direct.channel, direct.arguments) == (ADA, {"text": "late"})


def test_replies_to_one_url_keep_order(database: Database, sender: Deliveries) -> None:
    with database.transaction() as session:
        for what in ("working on it", "done"):
            Outbox(session, NOW).reply_to_url("https://hooks.slack.com/1", build_text(what), user=ADA)
    assert read_texts(claim(sender)) == ["working on it"]


# Pruning


def settle(sender: Deliveries, at: datetime) -> None:
    for one in sender.claim(ONE, at, 50).deliveries:
        accept_post(sender, one, at)


def test_pruned_posts_stay_editable_and_unique(desk: Desk, sender: Deliveries) -> None:
    card = desk.say("words of somebody", key="request:7")
    settle(sender, NOW)
    sender.prune(later(86_400))
    assert desk.row(card).arguments == {}
    assert desk.say("again", key="request:7") == card
    desk.edit(card, "closed")
    [edit] = claim(sender, 86_400)
    assert edit.target_ts == "1789.000100"


def test_pruning_deletes_settled_edits_only(database: Database, sender: Deliveries) -> None:
    desk = Desk(database)
    card = desk.say("card")
    settle(sender, NOW)
    desk.edit(card, "old")
    settle(sender, NOW)
    desk.edit(card, "waiting")
    assert sender.prune(later(86_400)) == 2  # the old edit goes, the card is emptied
    assert sender.prune(later(86_400)) == 0
    assert read_texts(claim(sender, 86_400)) == ["waiting"]


def test_pruning_keeps_recent_deliveries(desk: Desk, sender: Deliveries) -> None:
    card = desk.say("card")
    settle(sender, later(60))
    assert sender.prune(later(30)) == 0
    assert desk.row(card).arguments == {"text": "card"}
