"""Posts that somebody waits for go at once, bulk posts evenly, and neither faster than Slack allows."""

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from storage.database import Database
from storage.engine import rate_limits
from storage.engine.rate_limits import PostingLimits, RateLimits
from storage.tables.engine import RateLimitRow
from tests.samples import scale
from tests.storage.cast import ASK, NOW, TRIAGE, later

Slot = Callable[..., datetime | None]

LIMITS = PostingLimits()


@pytest.fixture
def slot(database: Database) -> Slot:
    """Reserves a slot and uses it if it is near enough: the time of the post, or None."""

    def take(
        now: datetime, channel: str = ASK, *, bulk: bool = False, limits: PostingLimits = LIMITS
    ) -> datetime | None:
        with database.transaction() as session:
            state = RateLimits(session, limits, now)
            state.load_channels([channel])
            reserved = state.reserve_slot(channel, bulk=bulk)
            spent = state.use_slot(channel, reserved, bulk=bulk) if reserved <= state.claim_until else None
            state.save()
        return spent

    return take


def test_sixth_post_in_channel_waits(slot: Slot) -> None:
    assert [slot(NOW) for _ in range(5)] == [NOW] * 5
    assert slot(NOW) is None
    assert slot(later(5.2)) == later(5.2)


def test_channels_have_separate_limits(slot: Slot) -> None:
    for _ in range(5):
        slot(NOW)
    assert slot(NOW, TRIAGE) == NOW


def test_bulk_posts_go_one_a_second(slot: Slot) -> None:
    assert slot(NOW, bulk=True) == NOW
    assert slot(NOW, bulk=True) is None
    assert slot(later(2), bulk=True) == later(2)


def test_bulk_posts_keep_the_workspace_limit(slot: Slot) -> None:
    limits = PostingLimits(posts_per_minute=600)  # one in a tenth of a second
    times = [slot(NOW, f"C{number}", bulk=True, limits=limits) for number in range(20)]
    went = [time for time in times if time]
    assert went == sorted(went)
    assert len(went) <= 9  # half a second of catching up, a quarter of looking ahead


def test_prompt_posts_do_not_wait_for_bulk(slot: Slot) -> None:
    for number in range(20):
        slot(NOW, f"C{number}", bulk=True)
    assert slot(NOW) == NOW


def test_bulk_posts_make_room_for_prompt(slot: Slot) -> None:
    limits = PostingLimits(posts_per_minute=60)
    for number in range(3):
        slot(NOW, f"C{number}", limits=limits)
    assert slot(NOW, "C9", bulk=True, limits=limits) is None
    assert slot(later(3), "C8", bulk=True, limits=limits) == later(3)


def test_filled_bulk_slot_is_given_up(database: Database, slot: Slot) -> None:
    slot(NOW, bulk=True)
    with database.transaction() as session:
        state = RateLimits(session, PostingLimits(), NOW)
        state.load_channels([ASK])
        reserved = state.reserve_slot(ASK, bulk=True)
        state.save()
    for _ in range(4):
        slot(later(0.5))
    with database.transaction() as session:
        state = RateLimits(session, PostingLimits(), reserved)
        state.load_channels([ASK])
        assert state.use_slot(ASK, reserved, bulk=True) is None


def test_pause_affects_one_name_until_end(database: Database) -> None:
    with database.transaction() as session:
        rate_limits.record_pause(session, "edit", later(30))
    with database.transaction() as session:
        state = RateLimits(session, PostingLimits(), later(1))
        assert state.find_pause(["post"]) is None
        assert state.find_pause(["post", "edit"]) == later(30)
        assert RateLimits(session, PostingLimits(), later(30)).find_pause(["edit"]) is None


def test_later_pause_replaces_earlier(database: Database) -> None:
    with database.transaction() as session:
        rate_limits.record_pause(session, "edit", later(30))
        rate_limits.record_pause(session, "edit", later(60))
        assert RateLimits(session, PostingLimits(), NOW).find_pause(["edit"]) == later(60)


def test_unused_scopes_are_deleted(database: Database, slot: Slot) -> None:
    slot(NOW)
    slot(later(100), TRIAGE)
    with database.transaction() as session:
        rate_limits.delete_unused_limits(session, later(50))
        assert f"channel:{ASK}" not in session.scalars(select(RateLimitRow.scope)).all()
        assert f"channel:{TRIAGE}" in session.scalars(select(RateLimitRow.scope)).all()


waits = st.lists(st.tuples(st.floats(0, 3), st.booleans()), min_size=1, max_size=40)


@given(waits=waits)
@settings(max_examples=scale(25))
def test_any_pattern_of_posts_keeps_the_burst_limit(
    database: Database, slot: Slot, waits: list[tuple[float, bool]]
) -> None:
    with database.transaction() as session:
        session.execute(delete(RateLimitRow))
    now, went = 0.0, []
    for wait, bulk in waits:
        now += wait
        spent = slot(later(now), bulk=bulk)
        if spent:
            went.append((spent - NOW).total_seconds())
    went.sort()
    assert all(sixth - first >= 5 for first, sixth in zip(went, went[5:], strict=False))
