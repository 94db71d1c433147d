"""How property tests run: a busy machine is no mistake of theirs, so none of them is held to a time.

Here they look for new examples at each run; where CI is set they take the same ones each time, so that a change is
judged by what it changes.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "house",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("house")
