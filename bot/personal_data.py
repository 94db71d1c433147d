"""`pmo person`: what an operator does about somebody's data, and what has to be done first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.composition import build_context, utc_now
from bot.organisation import Organisation
from foundation.errors import UserError
from foundation.files import UserId, read_text
from foundation.people import Role
from handlers.administration.faded_cards import refresh_faded_cards
from knowledge.library import Library
from servicedesk.records import OPEN_STATES
from storage.personal_data.erasure import Erased, erase_person, find_begun_name, preview_erasure
from storage.personal_data.export import export_person
from storage.personal_data.identity import Identity
from storage.store import Store
from strategy.named_people import list_named_people


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A line of one of the organisation's own files that names somebody."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


class PersonData:
    """The data of one person. The name is the organisation file's, if it lists them, or the one given.

    Raises:
        UserError: `person` isn't a user ID.
    """

    def __init__(self, store: Store, organisation: Organisation, person: str, name: str = "") -> None:
        try:
            TypeAdapter(UserId).validate_python(person)
        except ValidationError as error:
            raise UserError(f"{person}: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from None
        self._store = store
        self._organisation = organisation
        self.person = person
        self.name = " ".join((name or find_begun_name(store.database, person) or self._find_name()).split())

    def export(self) -> dict[str, Any]:
        """Everything about them, as JSON."""
        listed = self._organisation.people.get(self.person)
        roles = sorted(listed.roles) if self.person in self._organisation.people else []
        return {
            "person": {"id": self.person, "name": self.name, "roles": roles},
            "files": [str(one) for one in self.find_lines()],
            "database": export_person(self._store.database, self.person, self.name),
        }

    def list_obstacles(self, now: datetime) -> list[str]:
        """What has to be done before they can be erased, each a sentence."""
        lists = (self._list_roles, self._list_groups, self._list_open_requests, self._list_ownerships)
        return [one for list_obstacles in lists for one in list_obstacles(now)]

    def preview(self) -> Erased:
        """What erasing them would do."""
        return preview_erasure(self._store.database, self.person, self.name)

    def erase(self, now: datetime) -> Erased:
        """Erase them, or continue.

        Raises:
            UserError: something has to be done first.
        """
        if obstacles := self.list_obstacles(now):
            raise UserError("\n".join(obstacles))
        done = erase_person(self._store.database, self.person, self.name, now)
        ctx = build_context(self._organisation, self._store, _refuse_handbook, lambda: now)
        done.edits += refresh_faded_cards(ctx, done.pseudonym, now)
        return done

    def find_lines(self) -> list[NamedLine]:
        """Where the organisation's own files name them."""
        identity = Identity(self.person, self.name, 0)
        return [
            NamedLine(file, number)
            for file in self._list_files()
            for number, line in enumerate(read_text(file).splitlines(), start=1)
            if identity.is_named_in(line)
        ]

    def _find_name(self) -> str:
        if self.person in self._organisation.people:
            return self._organisation.people.get(self.person).name
        with self._store.read_only(utc_now()) as tx:
            return tx.user_groups.find_name(self.person)

    def _list_files(self) -> list[Path]:
        organisation = self._organisation
        names = (organisation.files.catalogue, organisation.files.strategy, organisation.files.digests)
        found = [organisation.path, *(organisation.resolve_path(name) for name in names if name)]
        return [file for file in found if file.is_file()]

    def _list_roles(self, _: datetime) -> Iterator[str]:
        if self.person in self._organisation.people:
            held = sorted(self._organisation.people.get(self.person).roles - {Role.MEMBER})
            if held:
                yield (
                    f"{self.person} still has the role {', '.join(held)} in {self._organisation.path}. "
                    "Remove the entry and run “pmo reload”."
                )

    def _list_groups(self, now: datetime) -> Iterator[str]:
        with self._store.read_only(now) as tx:
            groups = tx.user_groups.list_groups(self.person)
        if groups:
            yield (
                f"{self.person} is in the Slack user group {', '.join(groups)}, which gives roles. Remove them there, "
                "and run “pmo reload”."
            )

    def _list_open_requests(self, now: datetime) -> Iterator[str]:
        with self._store.read_only(now) as tx:
            found = tx.requests.list_in_states(OPEN_STATES)
        theirs = [one.reference for one in found if self.person in (one.requester, one.assignee)]
        if theirs:
            yield (
                f"{self.person} still has open requests: {', '.join(theirs)}. Hand them over in Slack: with “Hand over "
                "requests…” in the PMO's notice about the deactivated account, or “Reassign” and “Change requester”."
            )

    def _list_ownerships(self, now: datetime) -> Iterator[str]:
        with self._store.read_only(now) as tx:
            strategy = tx.strategy.get_current()
            owned = tx.handbook.list_owned(self.person)
        if strategy and self.person in list_named_people(strategy):
            yield (
                f"The current strategy names {self.person}. Put somebody else there and import it: "
                "pmo strategy import FILE."
            )
        if owned:
            yield (
                f"{self.person} owns pages of the handbook: {', '.join(owned)}. Put another owner there and import it: "
                "pmo handbook import FOLDER."
            )


def _refuse_handbook() -> Library:
    raise LookupError("A card needs no handbook.")
