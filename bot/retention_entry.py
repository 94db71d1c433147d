"""The section `retention` of the organisation file: how many days data stays."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from foundation.files import Strict
from storage.retention import Retention

NEVER = "never"
MOST_DAYS = 36_500


def _accept_days(at_least: int) -> BeforeValidator:
    def check(given: Any) -> int | None:
        if given == NEVER:
            return None
        is_number = isinstance(given, int) and not isinstance(given, bool)
        if not is_number or not at_least <= given <= MOST_DAYS:
            raise ValueError(f"Expected a number of days from {at_least} to {MOST_DAYS:,}, or “{NEVER}”.")
        return int(given)

    return BeforeValidator(check)


class RetentionEntry(Strict):
    """Days until deletion, or `never`. The defaults are those of `Retention`."""

    events: Annotated[int | None, _accept_days(2)] = 30  # Slack repeats what it couldn't deliver for some hours
    failed_events: Annotated[int | None, _accept_days(2)] = None
    posts: Annotated[int | None, _accept_days(2)] = 90
    questions: Annotated[int | None, _accept_days(7)] = None  # people follow up, and the PMO looks for gaps

    def build_retention(self) -> Retention:
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return Retention(**{name: None if days is None else timedelta(days=days) for name, days in given.items()})
