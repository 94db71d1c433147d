"""Timestamps, timelines, and names in typed text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workspace.running import SEED
from workspace.clock import MessageClock
from workspace.saved_state import StateSaver
from workspace.seed import read_seed
from workspace.state import WorkspaceState
from workspace.timeline import Timeline
from workspace.typed_text import encode_typed_text


@given(st.lists(st.floats(min_value=1_600_000_000, max_value=1_900_000_000), min_size=1, max_size=50))
def test_timestamps_increase_when_the_clock_goes_back(times):
    clock = MessageClock()
    stamps = []
    for now in times:
        clock.now = lambda now=now: now
        stamps.append(clock.new_timestamp())
    assert stamps == sorted(set(stamps))


def test_new_timestamps_follow_the_saved_ones():
    clock = MessageClock(lambda: 1_700_000_000.0)
    clock.continue_after("1700000005.000100")
    assert clock.new_timestamp() == "1700000005.000101"


stamps = st.integers(min_value=0, max_value=40).map(lambda number: f"17000000{number:02d}.000000")


@given(
    st.lists(st.tuples(stamps, st.one_of(st.none(), stamps)), unique_by=lambda item: item[0]),
    stamps,
    stamps,
    st.booleans(),
)
def test_timeline_slices_equal_sorting_and_filtering(items, oldest, latest, inclusive):
    timeline = Timeline()
    for ts, thread_ts in items:
        timeline.add({"ts": ts, "text": ts} | ({"thread_ts": thread_ts} if thread_ts else {}))
    roots = sorted(ts for ts, thread_ts in items if thread_ts in (None, ts))
    assert timeline.roots == roots
    expected = [
        ts for ts in roots if oldest < ts < latest or (inclusive and ts in (oldest, latest) and oldest <= latest)
    ]
    assert timeline.slice_between(roots, oldest, latest, inclusive=inclusive) == expected
    for ts, thread_ts in items:
        if thread_ts not in (None, ts):
            assert ts in timeline.threads[thread_ts]
    for ts, _ in items:
        timeline.remove(ts)
    assert (timeline.roots, timeline.by_ts, any(timeline.threads.values())) == ([], {}, False)


@pytest.fixture(scope="module")
def state():
    return WorkspaceState(read_seed(SEED), StateSaver(None), MessageClock())


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("plain", "plain"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<@U01ADA> <!channel>", "&lt;@U01ADA&gt; &lt;!channel&gt;"),
        ("@ada", "<@U01ADA>"),
        ("@Ada Okafor, @ben!", "<@U01ADA>, <@U02BEN>!"),
        ("@ADA", "<@U01ADA>"),
        ("@adamant ada@example.com", "@adamant ada@example.com"),
        ("#projects #project", "<#C02PROJECTS> #project"),
        ("see https://example.com/x.", "see <https://example.com/x>."),
        ("(https://example.com/?a=1&b=2)", "(<https://example.com/?a=1&amp;b=2>)"),
        ("`https://example.com`", "`https://example.com`"),
    ],
)
def test_typed_text_is_stored_in_slacks_format(state, typed, stored):
    assert encode_typed_text(state, typed) == stored
