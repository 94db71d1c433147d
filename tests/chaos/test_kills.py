"""Killed at ten of twenty moments, amid questions and a fan-out: nothing is lost, nothing is sent twice.

`make chaos N=10` goes through all moments ten times, each time a little later.
"""

import pytest

from tests.chaos.rig import Kill, Rig, run_through_kills
from tests.chaos.rounds import ROUNDS, sample_kills
from tests.chaos.workloads import FanOut, Questions

pytestmark = pytest.mark.chaos

COMMITS = (1, 2, 4, 6, 9, 12)
# On a slow machine most kills would otherwise meet the same question, and one that seems to kill the process again and
# again is rightly given up, with a word to its asker: after POISON_AFTER claims and MAX_FAILURES tries.
IN_A_ROW = 6


def list_kills(round_number: int) -> list[Kill]:
    """Around commits, calls and acks, each time at later ones."""
    at_commits = [
        Kill(when, "commit", number + round_number % 12) for number in COMMITS for when in ("before", "after")
    ]
    at_calls = [Kill(when, "call", number + round_number % 3) for number in (1, 3) for when in ("before", "after")]
    at_acks = [Kill(when, "ack", number + round_number % 2) for number in (1, 2) for when in ("before", "after")]
    return [*at_commits, *at_calls, *at_acks]


@pytest.mark.parametrize("round_number", range(ROUNDS))
async def test_killed_bot_answers_and_posts_once(rig: Rig, round_number: int) -> None:
    assert len(list_kills(round_number)) == 20
    await run_through_kills(
        rig, sample_kills(list_kills(round_number)), [Questions(), FanOut()], most_in_a_row=IN_A_ROW
    )
