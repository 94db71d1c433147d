"""The members of Slack user groups, as Slack last listed them. A restart while Slack is away finds them here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from storage.tables.user_groups import UserGroupMemberRow, UserGroupPersonRow, UserGroupRow
from storage.upsert import insert_new_rows, upsert_row


@dataclass(frozen=True, slots=True)
class GroupMember:
    """Who a member is. `is_colleague` is None until Slack has said."""

    id: str
    name: str
    is_colleague: bool | None


class UserGroups:
    """Within a transaction. Groups that the organisation file no longer names are ignored and, in the end, deleted."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def claim_due(self, groups: Collection[str], now: datetime, next_at: datetime) -> list[str]:
        """Those that are due; they are due again at `next_at`. Of several processes, one gets each."""
        rows = [{"id": one, "due_at": now, "version": 0, "problem": "", "refreshed_at": None} for one in groups]
        insert_new_rows(self._session, UserGroupRow, rows)
        due = select(UserGroupRow).where(UserGroupRow.id.in_(groups), UserGroupRow.due_at <= now)
        found = self._session.scalars(due.order_by(UserGroupRow.id).with_for_update(skip_locked=True)).all()
        for row in found:
            row.due_at = next_at
        return [row.id for row in found]

    def is_any_due(self, groups: Collection[str], now: datetime) -> bool:
        """Whether `claim_due` would find something."""
        waiting = select(func.count()).where(UserGroupRow.id.in_(groups), UserGroupRow.due_at > now)
        return (self._session.scalar(waiting) or 0) < len(set(groups))

    def mark_due(self, groups: Collection[str], at: datetime) -> None:
        """Have Slack asked at this moment, if that isn't to be sooner."""
        later = UserGroupRow.id.in_(groups), UserGroupRow.due_at > at
        self._session.execute(update(UserGroupRow).where(*later).values(due_at=at))

    def read_versions(self, groups: Collection[str]) -> dict[str, int]:
        """The version of each group that ever had members."""
        stored = UserGroupRow.id.in_(groups), UserGroupRow.version > 0
        found = select(UserGroupRow.id, UserGroupRow.version).where(*stored)
        return {row.id: row.version for row in self._session.execute(found)}

    def read_problems(self, groups: Collection[str]) -> dict[str, str]:
        """The problem of each group that has one."""
        found = select(UserGroupRow.id, UserGroupRow.problem).where(UserGroupRow.id.in_(groups))
        return {group: problem for group, problem in self._session.execute(found.order_by(UserGroupRow.id)) if problem}

    def read_members(self, groups: Collection[str]) -> dict[str, list[GroupMember]]:
        """The members of each group, whoever they are."""
        known = UserGroupPersonRow
        found = (
            select(UserGroupMemberRow.group, UserGroupMemberRow.person, known.name, known.is_colleague)
            .join(known, known.person == UserGroupMemberRow.person, isouter=True)
            .where(UserGroupMemberRow.group.in_(groups))
            .order_by(UserGroupMemberRow.group, UserGroupMemberRow.person)
        )
        members: dict[str, list[GroupMember]] = {}
        for group, person, name, is_colleague in self._session.execute(found):
            members.setdefault(group, []).append(GroupMember(person, name or person, is_colleague))
        return members

    def read_names(self, groups: Collection[str]) -> dict[str, dict[str, str]]:
        """Names by user ID, by group, of those who get roles."""
        return {
            group: {one.id: one.name for one in members if one.is_colleague}
            for group, members in self.read_members(groups).items()
        }

    def save_members(self, group: str, people: Collection[str], at: datetime) -> None:
        """What Slack has listed, or as much of it as was taken."""
        mine = UserGroupMemberRow.group == group
        before = set(self._session.scalars(select(UserGroupMemberRow.person).where(mine)))
        if gone := before - set(people):
            self._session.execute(delete(UserGroupMemberRow).where(mine, UserGroupMemberRow.person.in_(gone)))
        new = [{"group_id": group, "user_id": person} for person in sorted(set(people) - before)]
        insert_new_rows(self._session, UserGroupMemberRow, new)
        if gone or new:
            self._raise_versions(UserGroupRow.id == group)
        self._session.execute(update(UserGroupRow).where(UserGroupRow.id == group).values(refreshed_at=at))

    def save_problem(self, group: str, problem: str) -> bool:
        """Returns whether it is another than before."""
        other = UserGroupRow.id == group, UserGroupRow.problem != problem
        changed = update(UserGroupRow).where(*other).values(problem=problem).returning(UserGroupRow.id)
        return bool(self._session.scalars(changed).all())

    def list_people_to_look_up(self, groups: Collection[str], before: datetime, limit: int) -> list[str]:
        """Members whom Slack was never asked about, then those whom it was last asked about before this moment."""
        known = UserGroupPersonRow
        found = (
            select(UserGroupMemberRow.person)
            .join(known, known.person == UserGroupMemberRow.person, isouter=True)
            .where(UserGroupMemberRow.group.in_(groups))
            .where(or_(known.looked_up_at.is_(None), known.looked_up_at < before))
            .group_by(UserGroupMemberRow.person, known.looked_up_at)
            .order_by(known.looked_up_at.is_not(None), known.looked_up_at, UserGroupMemberRow.person)
        )
        return list(self._session.scalars(found.limit(limit)))

    def list_groups(self, person: str) -> list[str]:
        """The groups that they were a member of when Slack was last asked."""
        query = select(UserGroupMemberRow.group).where(UserGroupMemberRow.person == person)
        return list(self._session.scalars(query.order_by(UserGroupMemberRow.group)))

    def find_name(self, person: str) -> str:
        """What Slack last said; empty if it wasn't asked."""
        return self._session.scalar(select(UserGroupPersonRow.name).where(UserGroupPersonRow.person == person)) or ""

    def list_known_people(self) -> frozenset[str]:
        """Everybody about whom Slack has said who they are."""
        return frozenset(self._session.scalars(select(UserGroupPersonRow.person)))

    def save_person(self, person: str, name: str, is_colleague: bool, at: datetime) -> None:
        """Who a member is, as Slack said just now."""
        before = self._session.execute(
            select(UserGroupPersonRow.name, UserGroupPersonRow.is_colleague).where(UserGroupPersonRow.person == person)
        ).first()
        row = {"user_id": person, "name": name, "is_colleague": is_colleague, "looked_up_at": at}
        upsert_row(self._session, UserGroupPersonRow, row)
        if before is None or tuple(before) != (name, is_colleague):
            theirs = select(UserGroupMemberRow.group).where(UserGroupMemberRow.person == person)
            self._raise_versions(UserGroupRow.id.in_(theirs))

    def forget_unused(self, groups: Collection[str], before: datetime) -> None:
        """Delete other groups that nobody has refreshed since, and people who are in no group."""
        unused = select(UserGroupRow.id).where(UserGroupRow.id.not_in(groups), UserGroupRow.due_at < before)
        self._session.execute(delete(UserGroupMemberRow).where(UserGroupMemberRow.group.in_(unused)))
        self._session.execute(delete(UserGroupRow).where(UserGroupRow.id.not_in(groups), UserGroupRow.due_at < before))
        members = select(UserGroupMemberRow.person)
        self._session.execute(delete(UserGroupPersonRow).where(UserGroupPersonRow.person.not_in(members)))

    def _raise_versions(self, which: object) -> None:
        statement = update(UserGroupRow).where(which).values(version=UserGroupRow.version + 1)  # type: ignore[arg-type]
        self._session.execute(statement, execution_options={"synchronize_session": False})
