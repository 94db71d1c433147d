"""The rules the service desk works by, and an action with its input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from foundation.people import People, Person
from servicedesk.calendar import Calendar
from servicedesk.catalogue import Catalogue, Priority
from servicedesk.records import Request, RequestState, RequestVerb, Scores


@dataclass(frozen=True, slots=True)
class Desk:
    """The rules of the desk: the services, the working hours and the people."""

    catalogue: Catalogue
    calendar: Calendar
    people: People


class ActionInput(TypedDict, total=False):
    """The input of a verb. The table of transitions says which keys a verb requires."""

    comment: str  # a question, an answer or a comment
    reason: str
    values: Mapping[str, object]  # the whole form as the requester changed it
    assignee: str
    review_on: date
    link: str  # to the deliverable
    checklist: Sequence[str]  # the keys of the items that are done
    duplicate_of: int
    priority: Priority
    service: str
    requester: str
    scores: Scores
    people: Sequence[str]
    to: RequestState


@dataclass(frozen=True, slots=True)
class Action:
    """A verb that somebody applies to a request at a moment, with its input."""

    request: Request
    verb: RequestVerb
    actor: Person
    at: datetime
    desk: Desk
    input: ActionInput

    @property
    def today(self) -> date:
        """The date in the desk's time zone."""
        return self.desk.calendar.local_date(self.at)
