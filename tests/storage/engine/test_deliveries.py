"""What is to be said is said once, in order, in pace, and what cannot be said is not forgotten."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.engine.claiming import Delivery
from storage.engine.deliveries import STOPS_BLOCKING_AFTER, Deliveries
from storage.engine.delivery_kinds import DeliveryKind
from storage.engine.outbox import Outbox
from storage.engine.rate_limits import EVERYTHING
from storage.tables.engine import DeliveryRow
from tests.storage.cast import ADA, ASK, BEN, NOW, ONE, TRIAGE, TWO, later, post, sender_of, texts, words


@pytest.fixture
def sender(database: Database) -> Deliveries:
    return sender_of(database)


class Desk:
    """Asks for things to be said."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def say(self, what: str, channel: str = ASK, **how: Any) -> str:
        with self._database.transaction() as session:
            return Outbox(session, how.pop("now", NOW)).post(channel, words(what), **how)

    def edit(self, delivery: str, what: str) -> None:
        with self._database.transaction() as session:
            Outbox(session, NOW).edit(delivery, words(what))

    def home(self, user: str, title: str) -> None:
        with self._database.transaction() as session:
            Outbox(session, NOW).publish_home(user, {"title": title})

    def row(self, delivery: str) -> DeliveryRow:
        with self._database.read_only() as session:
            return session.scalars(select(DeliveryRow).where(DeliveryRow.id == delivery)).one()


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def claim(sender: Deliveries, seconds: float = 0, owner: str = ONE, limit: int = 50) -> list[Delivery]:
    return list(sender.claim(owner, later(seconds), limit).deliveries)


def said(deliveries: list[Delivery]) -> list[str]:
    return [delivery.arguments["text"] for delivery in deliveries]


# Once


def test_a_delivery_is_given_out_once(desk: Desk, sender: Deliveries) -> None:
    desk.say("hello")
    [mine] = claim(sender)
    assert (mine.attempt, mine.channel, mine.arguments) == (1, ASK, {"text": "hello"})
    assert claim(sender, owner=TWO) == []
    post(sender, mine, later(1))
    assert claim(sender, 3_600, TWO) == []


def test_what_a_transaction_did_not_commit_is_never_said(database: Database, sender: Deliveries) -> None:
    class Stop(Exception):
        pass

    def stumble() -> None:
        with database.transaction() as session:
            Outbox(session, NOW).post(ASK, words("too early"))
            raise Stop

    with pytest.raises(Stop):
        stumble()
    assert claim(sender) == []


def test_a_key_is_unique_for_ever(desk: Desk, sender: Deliveries) -> None:
    first = desk.say("one", key="digest:monday")
    assert desk.say("two", key="digest:monday") == first
    post(sender, *claim(sender), later(1))
    assert desk.say("three", key="digest:monday") == first
    assert claim(sender, 60) == []


def test_a_delivery_of_a_process_that_died_is_taken_over_and_known_as_tried_before(
    desk: Desk, sender: Deliveries
) -> None:
    desk.say("hello")
    claim(sender)
    assert claim(sender, 59, TWO) == []
    [taken] = claim(sender, 60, TWO)
    assert taken.attempt == 2
    assert taken.first_attempt_at == NOW


def test_a_process_that_woke_up_too_late_changes_nothing(desk: Desk, sender: Deliveries) -> None:
    delivery = desk.say("hello")
    [mine] = claim(sender)
    [theirs] = claim(sender, 60, TWO)
    assert sender.extend_lease(mine, later(61)) is None
    post(sender, mine, later(61), ts="1.000001")
    sender.give_up(mine, "nonsense", later(61))
    sender.retry_in_order(mine, "nonsense", later(61))
    assert desk.row(delivery).status == "leased"
    post(sender, theirs, later(62), ts="2.000002")
    assert desk.row(delivery).posted_ts == "2.000002"


def test_a_process_that_took_over_from_itself_keeps_to_the_later_claim(desk: Desk, sender: Deliveries) -> None:
    delivery = desk.say("hello")
    [before] = claim(sender)
    [after] = claim(sender, 60)
    assert sender.extend_lease(before, later(61)) is None
    post(sender, before, later(61), ts="1.000001")
    assert desk.row(delivery).status == "leased"
    post(sender, after, later(61), ts="2.000002")
    assert desk.row(delivery).posted_ts == "2.000002"


def test_a_claim_of_the_same_number_by_another_process_is_still_not_ours(desk: Desk, sender: Deliveries) -> None:
    delivery = desk.say("hello")
    [mine] = claim(sender)
    sender.pause(mine, DeliveryKind.POST, later(5))  # no attempt: the next one has the same number
    [theirs] = claim(sender, 5, TWO)
    assert theirs.attempt == mine.attempt
    post(sender, mine, later(6), ts="1.000001")
    assert desk.row(delivery).status == "leased"


def test_a_lease_is_extended_while_the_database_says_it_is_ours(desk: Desk, sender: Deliveries) -> None:
    desk.say("hello")
    [mine] = claim(sender)
    extended = sender.extend_lease(mine, later(50))
    assert extended is not None
    assert extended.lease_until == later(110)
    assert claim(sender, 100, TWO) == []
    post(sender, extended, later(101))


def test_a_process_that_begins_waits_a_moment_for_calls_that_are_still_under_way(
    desk: Desk, sender: Deliveries
) -> None:
    desk.say("hello")
    claim(sender)
    assert sender.release_all(later(5)) == 1
    assert claim(sender, 6, TWO) == []
    assert said(claim(sender, 7, TWO)) == ["hello"]


# In order


def test_posts_of_a_channel_go_in_the_order_in_which_they_were_asked_for(desk: Desk, sender: Deliveries) -> None:
    for what in ("one", "two", "three"):
        desk.say(what)
    order = []
    for second in range(3):
        [next_one] = claim(sender, second)
        order += said([next_one])
        post(sender, next_one, later(second))
    assert order == ["one", "two", "three"]


def test_threads_and_channels_do_not_wait_for_each_other(desk: Desk, sender: Deliveries) -> None:
    desk.say("in the channel")
    desk.say("in a thread", thread_ts="1.1")
    desk.say("in another", thread_ts="2.2")
    desk.say("elsewhere", TRIAGE)
    desk.say("second in the thread", thread_ts="1.1")
    assert said(claim(sender)) == ["in the channel", "in a thread", "in another", "elsewhere"]


def test_a_post_that_is_tried_again_keeps_its_place(desk: Desk, sender: Deliveries) -> None:
    desk.say("one")
    desk.say("two")
    [one] = claim(sender)
    sender.retry_in_order(one, "no network", later(30))
    assert claim(sender, 20) == []
    assert said(claim(sender, 30)) == ["one"]


def test_one_that_slack_stumbles_over_again_and_again_is_passed(desk: Desk, sender: Deliveries) -> None:
    desk.say("one")
    desk.say("two")
    for attempt in range(STOPS_BLOCKING_AFTER):
        [one] = claim(sender, attempt * 100)
        assert said([one]) == ["one"]
        sender.retry_without_blocking(one, "internal_error", later((attempt + 1) * 100), later(attempt * 100))
    assert said(claim(sender, STOPS_BLOCKING_AFTER * 100 - 50)) == ["two"]


def test_one_that_died_makes_way_at_once(desk: Desk, sender: Deliveries) -> None:
    desk.say("one")
    desk.say("two")
    [one] = claim(sender)
    sender.give_up(one, "invalid_blocks", later(1))
    assert said(claim(sender, 1)) == ["two"]


def test_the_next_in_line_is_due_when_the_one_before_it_is_done(desk: Desk, sender: Deliveries) -> None:
    for what in ("one", "two", "three"):
        desk.say(what)
    [one] = claim(sender)
    assert claim(sender) == []  # both were looked at and put off
    post(sender, one, later(0.1))
    assert said(claim(sender, 0.1)) == ["two"]


# Edits and followers


def test_an_edit_waits_until_its_message_stands_and_then_knows_where(desk: Desk, sender: Deliveries) -> None:
    card = desk.say("submitted", TRIAGE)
    desk.edit(card, "queued")
    [first] = claim(sender)
    assert said([first]) == ["submitted"]
    assert claim(sender) == []
    post(sender, first, later(1), ts="1789.000200")
    [edit] = claim(sender, 1)
    assert (edit.kind, edit.target_channel, edit.target_ts) == (DeliveryKind.EDIT, TRIAGE, "1789.000200")


def test_of_several_edits_only_the_last_is_sent(desk: Desk, sender: Deliveries) -> None:
    card = desk.say("submitted")
    post(sender, *claim(sender), NOW)
    for state in ("queued", "in progress", "delivered"):
        desk.edit(card, state)
    assert said(claim(sender)) == ["delivered"]


def test_an_edit_that_comes_while_another_is_under_way_is_sent_after_it(desk: Desk, sender: Deliveries) -> None:
    card = desk.say("submitted")
    post(sender, *claim(sender), NOW)
    desk.edit(card, "queued")
    [under_way] = claim(sender)
    desk.edit(card, "in progress")
    desk.edit(card, "delivered")
    assert claim(sender) == []
    post(sender, under_way, later(1))
    assert said(claim(sender, 1)) == ["delivered"]


def test_cards_of_two_messages_are_edited_side_by_side(desk: Desk, sender: Deliveries) -> None:
    cards = [desk.say("card", TRIAGE, thread_ts=f"{number}.1") for number in range(2)]
    for card in claim(sender):
        post(sender, card, NOW)
    for card in cards:
        desk.edit(card, f"changed {card}")
    assert len(claim(sender)) == 2


def test_an_edit_of_a_message_that_died_is_given_out_without_a_place(desk: Desk, sender: Deliveries) -> None:
    card = desk.say("submitted")
    desk.edit(card, "queued")
    sender.give_up(*claim(sender), "channel_not_found", later(1))
    [edit] = claim(sender, 1)
    assert edit.target_ts is None


def test_a_follower_goes_into_the_thread_of_its_message(desk: Desk, sender: Deliveries) -> None:
    digest = desk.say("digest", bulk=True)
    desk.say("details", bulk=True, follows=digest)
    desk.say("more details", bulk=True, follows=digest)
    [first] = claim(sender)
    post(sender, first, later(1), ts="1789.000300")
    [details] = claim(sender, 2)
    assert (said([details]), details.target_ts) == (["details"], "1789.000300")
    post(sender, details, later(3))
    assert said(claim(sender, 4)) == ["more details"]


def test_of_several_homes_of_a_person_only_the_last_is_published(desk: Desk, sender: Deliveries) -> None:
    desk.home(ADA, "one")
    desk.home(ADA, "two")
    desk.home(BEN, "hers is not his")
    found = claim(sender)
    assert [(one.channel, one.arguments["view"]["title"]) for one in found] == [(ADA, "two"), (BEN, "hers is not his")]


# In pace


def test_what_somebody_waits_for_goes_before_many(desk: Desk, sender: Deliveries) -> None:
    for number in range(60):
        desk.say("one of many", f"U{number:03}", bulk=True)
    desk.say("an answer", ADA)
    assert said(claim(sender))[0] == "an answer"


def test_while_only_what_is_waited_for_is_taken_many_are_not_asked_for_again(desk: Desk, sender: Deliveries) -> None:
    desk.say("one of many", ADA, bulk=True)
    claimed = sender.claim(ONE, NOW, 50, include_bulk=False)
    assert (said(claimed.deliveries), claimed.check_again_at) == ([], None)
    desk.say("an answer", BEN)
    claimed = sender.claim(ONE, NOW, 50, include_bulk=False)
    assert said(claimed.deliveries) == ["an answer"]
    assert claimed.check_again_at is None or claimed.check_again_at > NOW


def test_many_go_evenly_and_when_to_ask_again_is_known(desk: Desk, sender: Deliveries) -> None:
    for number in range(60):
        desk.say(f"{number}", f"U{number:03}", bulk=True)
    moment, went = 0.0, 0
    while went < 60:
        claimed = sender.claim(ONE, later(moment), 50)
        assert [one.not_before for one in claimed.deliveries] == sorted(one.not_before for one in claimed.deliveries)
        for one in claimed.deliveries:
            post(sender, one, later(moment))
        went += len(claimed.deliveries)
        again = claimed.check_again_at
        if went < 60:
            assert again is not None
            assert again > later(moment)
            moment = (again - NOW).total_seconds()
    assert 60 * 60 / 280 - 1.5 < moment < 60 * 60 / 280 + 1.5


def test_when_the_next_place_in_a_channel_comes_is_known(desk: Desk, sender: Deliveries) -> None:
    for number in range(6):
        desk.say(f"{number}", thread_ts=f"{number}.1")
    claimed = sender.claim(ONE, NOW, 50)
    assert len(claimed.deliveries) == 5
    assert claimed.check_again_at == later(5.2)
    assert sender.claim(ONE, later(1), 50).check_again_at == later(5.2)
    assert said(claim(sender, 5.2)) == ["5"]


def test_places_that_passed_during_a_pause_are_not_used_all_at_once(desk: Desk, sender: Deliveries) -> None:
    for number in range(14):
        desk.say(f"{number}", thread_ts=f"{number}.1")
    for one in claim(sender):
        sender.pause(one, DeliveryKind.POST, later(60))
    assert len(claim(sender, 60)) == 5


def test_a_full_house_of_many_does_not_hide_an_answer_that_becomes_due(desk: Desk, sender: Deliveries) -> None:
    for number in range(60):
        desk.say(f"{number}", f"U{number:03}", bulk=True)
    claim(sender)
    desk.say("soon", now=later(0.1))
    assert "soon" in said(claim(sender, 0.1))


def test_a_429_pauses_the_method_for_every_process_and_costs_no_attempt(desk: Desk, sender: Deliveries) -> None:
    desk.say("one")
    desk.say("two", TRIAGE)
    [one, two] = claim(sender)
    sender.pause(one, DeliveryKind.POST, later(30))
    sender.retry_in_order(two, "no network", later(1))
    assert claim(sender, 29, TWO) == []
    assert sender.claim(TWO, later(29), 5).check_again_at == later(30)
    found = {delivery.arguments["text"]: delivery.attempt for delivery in claim(sender, 30, TWO)}
    assert found == {"one": 1, "two": 2}


def test_a_pause_of_looking_into_the_history_holds_only_what_has_to_look(desk: Desk, sender: Deliveries) -> None:
    desk.say("tried before")
    desk.say("tried elsewhere", TRIAGE)
    for tried in claim(sender):
        sender.retry_in_order(tried, "no network", later(1))
    first, second = claim(sender, 1)
    sender.pause(first, "search", later(30))
    sender.retry_in_order(second, "no network", later(2))
    desk.say("new", TRIAGE, thread_ts="1.1", now=later(2))
    assert said(claim(sender, 2)) == ["new"]
    assert said(claim(sender, 30)) == ["tried before", "tried elsewhere"]


def test_a_token_that_slack_does_not_take_holds_everything(desk: Desk, sender: Deliveries) -> None:
    desk.say("one")
    [one] = claim(sender)
    sender.pause(one, EVERYTHING, later(60))
    desk.home(ADA, "home")
    assert claim(sender, 59) == []
    assert len(claim(sender, 60)) == 2


def test_when_stopping_only_what_somebody_waits_for_is_given_out(desk: Desk, sender: Deliveries) -> None:
    desk.say("one of many", bulk=True)
    desk.say("an answer", TRIAGE)
    assert texts(sender.claim(ONE, NOW, 10, include_bulk=False)) == ["an answer"]


def test_a_long_queue_of_one_channel_does_not_hide_the_others(desk: Desk, sender: Deliveries) -> None:
    for number in range(600):
        desk.say(f"{number}")
    desk.say("elsewhere", TRIAGE)
    assert said(claim(sender))[:1] == ["0"]
    found: list[str] = []
    for _ in range(3):
        found += said(claim(sender, 0.01))
    assert found == ["elsewhere"]


# Otherwise, and never


def test_words_that_cannot_be_shown_in_place_go_to_the_person_once(database: Database, sender: Deliveries) -> None:
    blocks = [{"type": "divider"}]
    with database.transaction() as session:
        Outbox(session, NOW).post_ephemeral(ASK, ADA, {"text": "only you", "blocks": blocks}, thread_ts="1.1")
    [whisper] = claim(sender)
    sender.send_as_direct_message(whisper, "user_not_in_channel", later(1))
    sender.send_as_direct_message(whisper, "user_not_in_channel", later(1))
    [direct] = claim(sender, 1)
    assert (direct.kind, direct.channel) == (DeliveryKind.POST, ADA)
    assert direct.arguments == {"text": "only you", "blocks": blocks}
    assert claim(sender, 3_600) != [direct]


def test_an_answer_whose_address_expired_goes_to_the_person(database: Database, sender: Deliveries) -> None:
    url = "https://hooks.slack.com/commands/1"
    with database.transaction() as session:
        Outbox(session, NOW).reply_to_url(url, {"text": "late", "replace_original": False}, user=ADA)
    [answer] = claim(sender)
    assert answer.arguments["response_url"] == url
    sender.send_as_direct_message(answer, "expired_url", later(1))
    [direct] = claim(sender, 1)
    assert (direct.channel, direct.arguments) == (ADA, {"text": "late"})


def test_answers_to_one_address_keep_their_order(database: Database, sender: Deliveries) -> None:
    with database.transaction() as session:
        for what in ("working on it", "done"):
            Outbox(session, NOW).reply_to_url("https://hooks.slack.com/1", words(what), user=ADA)
    assert said(claim(sender)) == ["working on it"]


# Forgetting


def settle(sender: Deliveries, at: datetime) -> None:
    for one in sender.claim(ONE, at, 50).deliveries:
        post(sender, one, at)


def test_old_posts_lose_their_words_but_can_still_be_edited_and_stay_unique(desk: Desk, sender: Deliveries) -> None:
    card = desk.say("words of somebody", key="request:7")
    settle(sender, NOW)
    sender.prune(later(86_400))
    assert desk.row(card).arguments == {}
    assert desk.say("again", key="request:7") == card
    desk.edit(card, "closed")
    [edit] = claim(sender, 86_400)
    assert edit.target_ts == "1789.000100"


def test_old_edits_and_whispers_are_forgotten_and_waiting_ones_are_not(database: Database, sender: Deliveries) -> None:
    desk = Desk(database)
    card = desk.say("card")
    settle(sender, NOW)
    desk.edit(card, "old")
    settle(sender, NOW)
    desk.edit(card, "waiting")
    assert sender.prune(later(86_400)) == 2  # the old edit goes, the card is emptied
    assert sender.prune(later(86_400)) == 0
    assert said(claim(sender, 86_400)) == ["waiting"]


def test_what_was_settled_lately_is_kept_as_it_is(desk: Desk, sender: Deliveries) -> None:
    card = desk.say("card")
    settle(sender, later(60))
    assert sender.prune(later(30)) == 0
    assert desk.row(card).arguments == {"text": "card"}
