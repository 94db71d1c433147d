"""How property tests run, and what all tests share.

No deadline, because a busy machine is not a defect. The examples are always the same, so that a failure comes from the
change and not from luck; `make soak` looks for new ones.

Fixtures that take seconds are here and not where they are used: each file that imports one would get one of its own.
"""

from hypothesis import HealthCheck, settings

from tests.handbook_data import handbook_data, model_folder
from tests.samples import IS_LONG, scale
from tests.storage.databases import migrated_file, new_postgresql, postgresql, reusable_databases

__all__ = ["handbook_data", "migrated_file", "model_folder", "new_postgresql", "postgresql", "reusable_databases"]

settings.register_profile(
    "default",
    deadline=None,
    max_examples=scale(100),
    derandomize=not IS_LONG,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("default")
