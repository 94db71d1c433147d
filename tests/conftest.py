"""How property tests run.

No deadline, because a busy machine is not a defect. On a developer's machine every run looks for new examples; where CI
is set the examples are always the same, so that a failure comes from the change and not from luck.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "default",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("default")
