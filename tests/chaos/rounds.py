"""How long the chaos lasts: a short sample, always the same, in `make test`; more in `make chaos`."""

import os

IS_LONG = "PMO_CHAOS_ROUNDS" in os.environ  # set by `make chaos`
ROUNDS = int(os.environ.get("PMO_CHAOS_ROUNDS", "1"))
FIRST_SEED = int(os.environ.get("PMO_CHAOS_SEED", "1"))


def list_seeds() -> list[int]:
    """One seed for each round."""
    return list(range(FIRST_SEED, FIRST_SEED + ROUNDS))
