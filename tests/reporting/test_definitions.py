"""The digests come from one checked file."""

from pathlib import Path

import pytest

from foundation.files import BadFile
from foundation.people import People
from reporting.definitions import (
    SAMPLE,
    DigestAudience,
    DigestDefinition,
    DigestSection,
    NoReaders,
    filter_for_readers,
    find_readers,
    read_digests,
)
from strategy.records import Strategy


def refusal(tmp_path: Path, old: str, new: str) -> str:
    text = SAMPLE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "digests.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        read_digests(path)
    return caught.value.message


def test_sample_has_digests_for_both_audiences(digests: dict[str, DigestDefinition]) -> None:
    assert {one.key: (one.audience, one.channel) for one in digests.values()} == {
        "weekly-progress": (DigestAudience.EVERYBODY, "C04PROGRESS"),
        "weekly-leadership": (DigestAudience.LEADERS, "C06LEADERS"),
        "monthly-leadership": (DigestAudience.LEADERS, "C06LEADERS"),
    }
    assert digests["weekly-progress"].sections[0] is DigestSection.OBJECTIVES


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("key: monthly-leadership", "key: weekly-progress", "already uses “weekly-progress”"),
        ("metrics, updates", "portfolio, updates", "narrow the audience"),
        ("metrics, updates", "objectives, updates", "List each section once"),
        ("FREQ=WEEKLY;BYDAY=MO", "FREQ=MINUTELY", "more often than daily"),
        ("channel: C04PROGRESS", "channel: '#general'", "channel"),
        ("audience: leaders", "audience: friends", "audience"),
    ],
)
def test_invalid_digest_is_refused_with_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    message = refusal(tmp_path, old, new)
    assert said in message
    assert ", line " in message


def test_readers_follow_from_the_audience(digests: dict[str, DigestDefinition], people: People) -> None:
    assert find_readers(digests["weekly-progress"], people) == ()
    assert {one.id for one in find_readers(digests["monthly-leadership"], people)} == {"U04DANA", "U05EMEKA"}


def test_empty_audience_is_never_everybody(monthly: DigestDefinition, sample: Strategy) -> None:
    with pytest.raises(NoReaders, match="Nobody belongs to"):
        filter_for_readers(monthly, sample, People())


def test_strategy_is_cut_to_the_readers(
    weekly: DigestDefinition, monthly: DigestDefinition, sample: Strategy, people: People
) -> None:
    assert "fewer-depots" not in filter_for_readers(weekly, sample, people).objectives_by_key
    assert "fewer-depots" in filter_for_readers(monthly, sample, people).objectives_by_key
