"""How many examples property tests try: few and always the same in `make test`, many new ones in `make soak`."""

import os

IS_LONG = os.environ.get("PMO_TEST_SAMPLES") == "long"  # set by `make soak`


def scale(examples: int) -> int:
    """How many examples to try of a property for which so many do in `make test`."""
    return 20 * examples if IS_LONG else examples
