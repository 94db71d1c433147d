"""Who may ask for a record, and when an answer with it may be shown to a whole channel."""

from dataclasses import dataclass
from enum import StrEnum

from foundation.access import Access
from foundation.people import Person


class Askers(StrEnum):
    """Who may ask. The label is what the documentation says."""

    EVERYBODY = "everybody; restricted objectives and confidential projects only by those who may see them"
    OWN = "everybody, about themselves"
    INVOLVED = "those who may see the request"
    REVIEWERS = "the owner's reviewer or the sponsor, and the PMO"
    FUNDED = "the PMO, leaders, and the project's owner and sponsor"
    PMO = "the PMO"


class Publicity(StrEnum):
    """When everybody in the channel sees the answer; otherwise only the asker does."""

    NEVER = "never"
    ORGANISATION = "always"
    SAME_VIEW = "if everybody in it sees the same of the strategy"
    SAME_FIGURES = "if everybody in it sees the same of the strategy, of the portfolio and of the budgets"
    PMO_ONLY = "if everybody in it belongs to the PMO"


@dataclass(frozen=True, slots=True)
class RecordAccess:
    """One row of a pillar's table: who may ask, how much access that needs, and where the answer is public."""

    askers: Askers
    publicity: Publicity
    needs: Access = Access.EVERYTHING

    def is_open_to(self, person: Person) -> bool:
        """Whether the person may ask for such records at all."""
        return person.has_access(self.needs)
