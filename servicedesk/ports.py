"""What the service desk needs of a storage. Every method is one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from servicedesk.records import Change, LogEntry, Request, State
from servicedesk.satisfaction import Rating


class RequestStore(Protocol):
    """Requests and their logs. A request and the entry that made it so are written together, or not at all."""

    def next_number(self) -> int:
        """A number that no other request has or will have."""
        ...

    def add(self, changes: Sequence[Change]) -> Request:
        """Keep a new request with its first entries; when its key is known already, give the request of that key."""
        ...

    def save(self, change: Change) -> None:
        """Keep a change, if the request is still at the version before it.

        Raises:
            Conflict: somebody else changed it in between; nothing is written.
        """
        ...

    def get(self, number: int) -> Request:
        """Raises NotFound."""
        ...

    def log(self, number: int) -> tuple[LogEntry, ...]:
        """The whole log, oldest entry first."""
        ...

    def logs(self, until: datetime) -> Sequence[Sequence[LogEntry]]:
        """The logs of all requests that were begun before the moment, for figures."""
        ...

    def of_requester(self, person: str, states: Collection[State], limit: int) -> Sequence[Request]:
        """Newest first."""
        ...

    def concerning(self, person: str, states: Collection[State], limit: int) -> Sequence[Request]:
        """Those of which the person has, or had, a card: as requester, watcher, assignee or approver; newest first."""
        ...

    def in_states(self, states: Collection[State]) -> Sequence[Request]:
        """For triage and the queue; oldest first."""
        ...


class RatingStore(Protocol):
    def put(self, rating: Rating) -> None:
        """Keep the rating in place of an earlier one of the same request."""
        ...

    def get(self, number: int) -> Rating | None: ...

    def since(self, start: datetime, end: datetime) -> Sequence[Rating]: ...
