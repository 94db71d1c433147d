"""How long the chaos lasts: a short sample, always the same, in `make test`; more in `make chaos`."""

import os
from collections.abc import Sequence

from tests.chaos.rig import Kill

IS_LONG = "PMO_CHAOS_ROUNDS" in os.environ  # set by `make chaos`
ROUNDS = int(os.environ.get("PMO_CHAOS_ROUNDS", "1"))
FIRST_SEED = int(os.environ.get("PMO_CHAOS_SEED", "1"))


def sample_kills(kills: Sequence[Kill]) -> Sequence[Kill]:
    """All of them in `make chaos`. Otherwise one of each pair, in turn before and after what they have in common."""
    return kills if IS_LONG else [kill for number, kill in enumerate(kills) if number % 4 in (0, 3)]


def list_seeds() -> list[int]:
    """One seed for each round."""
    return list(range(FIRST_SEED, FIRST_SEED + ROUNDS))
