"""By what the service desk decides, and what people give when they act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from foundation.people import People, Person
from servicedesk.calendar import Calendar
from servicedesk.catalogue import Catalogue, Priority
from servicedesk.records import Request, RequestState, Scores, Verb


@dataclass(frozen=True, slots=True)
class Desk:
    """By what the desk decides: the services, the working time, and who is who."""

    catalogue: Catalogue
    calendar: Calendar
    people: People


class ActionInput(TypedDict, total=False):
    """What comes with a verb. Which of these it needs, the table says."""

    comment: str  # a question, an answer, a remark
    reason: str
    values: Mapping[str, object]  # the whole form, as the requester changed it
    assignee: str
    review_on: date
    link: str  # to the deliverable
    checklist: Sequence[str]  # the keys of the items that are done
    duplicate_of: int
    priority: Priority
    service: str
    scores: Scores
    people: Sequence[str]
    to: RequestState


@dataclass(frozen=True, slots=True)
class Action:
    """Somebody doing something to a request at a moment, with what they give."""

    request: Request
    verb: Verb
    actor: Person
    at: datetime
    desk: Desk
    input: ActionInput

    @property
    def today(self) -> date:
        """The date where the desk works."""
        return self.desk.calendar.local_date(self.at)
