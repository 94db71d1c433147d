"""Keeps the members of the user groups that give roles as Slack lists them: one call for each group, now and then."""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.error_policy import BAD_TOKEN, RATE_LIMITED, TRANSIENT
from bot.engine.slack_methods import LIST_GROUP_MEMBERS
from bot.engine.slack_people import SlackPeople
from foundation.access import PersonKind
from foundation.people import Role, RoleGroup
from foundation.time import lies_ahead
from handlers.administration.user_groups import LAST_LEAD, NO_MEMBERS, describe_group_problem
from handlers.context import AppContext
from handlers.slack.blocks.builders import build_message
from handlers.slack.errors import choose_log_level, is_outage, read_cause, read_error_code
from handlers.slack.pmo_notices import tell_pmo
from servicedesk.permissions import find_pmo_leads
from storage.store import Transaction

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=5)
REFRESH_EVERY = timedelta(minutes=15)  # in case an event is lost
RETRY_AFTER = timedelta(minutes=1)  # when Slack couldn't be asked, or not everybody is known yet
ASK_AGAIN_AFTER = timedelta(days=1)  # who a member is
PEOPLE_AT_ONCE = 15  # every LOOK_UP_EVERY: 60 a minute, and Slack allows 100 for whoever asks
LOOK_UP_EVERY = timedelta(seconds=15)
FORGOTTEN_AFTER = timedelta(days=30)
FORGET_EVERY = timedelta(days=1)
LIST_SECONDS = 10.0
LOOK_UP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class GroupAnswer:
    """The ids that Slack listed; without any, why not."""

    users: tuple[str, ...]
    problem: str = ""


class SlackUserGroups:
    """Asks Slack. Call it from a worker thread, never on the event loop, which makes the calls.

    `next_look_up` is when more people may be asked about.
    """

    def __init__(self, web: AsyncWebClient, people: SlackPeople, loop: asyncio.AbstractEventLoop) -> None:
        self._web = web
        self._people = people
        self._loop = loop
        self.next_look_up: datetime | None = None

    def list_members(self, group: str) -> GroupAnswer | None:
        """None if Slack couldn't be asked, which passes."""
        asking = asyncio.run_coroutine_threadsafe(self._list_members(group), self._loop)
        try:
            users = asking.result(LIST_SECONDS)
        except Exception as error:
            asking.cancel()
            code = read_error_code(error) if isinstance(error, SlackApiError) else ""
            if not code or is_outage(error) or code in (TRANSIENT | RATE_LIMITED | BAD_TOKEN):
                log.log(choose_log_level(error), "Slack didn't say who is in %s (%s).", group, read_cause(error))
                return None
            return GroupAnswer((), code)
        # Slack has no group without members, so one that seems to have none is lost rather than emptied.
        return GroupAnswer(users) if users else GroupAnswer((), NO_MEMBERS)

    def look_up(self, users: Collection[str]) -> dict[str, tuple[str, PersonKind]]:
        """Name and kind of those whom Slack knows; others are left out, to be asked about later."""
        asking = asyncio.run_coroutine_threadsafe(self._look_up(users), self._loop)
        try:
            return asking.result(LOOK_UP_SECONDS)
        except Exception as error:
            asking.cancel()
            log.log(choose_log_level(error), "Slack didn't say who is in a user group (%s).", read_cause(error))
            return {}

    async def _list_members(self, group: str) -> tuple[str, ...]:
        answer = await self._web.api_call(LIST_GROUP_MEMBERS, http_verb="GET", params={"usergroup": group})
        data = answer.data if isinstance(answer.data, dict) else {}
        return tuple(str(user) for user in data.get("users") or ())

    async def _look_up(self, users: Collection[str]) -> dict[str, tuple[str, PersonKind]]:
        found = await asyncio.gather(*map(self._people.read_person, users))
        return {user: person for user, person in zip(users, found, strict=True) if person}


class RefreshUserGroups:
    """A job. Stores what Slack says, and calls `on_change` if the context was built from other members than these."""

    def __init__(self, ctx: AppContext, slack: SlackUserGroups, on_change: Callable[[], None]) -> None:
        self._ctx = ctx
        self._slack = slack
        self._on_change = on_change
        self._groups = {group.id: group for group in ctx.role_groups.groups}
        self._next: datetime | None = None
        self._forget_at: datetime | None = None

    def __call__(self, now: datetime) -> datetime | None:
        if lies_ahead(self._next, now, FORGET_EVERY):
            return self._next
        if not lies_ahead(self._forget_at, now, FORGET_EVERY):
            self._forget_unused(now)
        if self._groups:
            self._bring_up_to_date(now)
        self._next = now + LOOK_EVERY if self._groups else self._forget_at
        return self._next

    def _forget_unused(self, now: datetime) -> None:
        with self._ctx.store.transaction(now) as tx:
            tx.user_groups.forget_unused(list(self._groups), now - FORGOTTEN_AFTER)
        self._forget_at = now + FORGET_EVERY

    def _bring_up_to_date(self, now: datetime) -> None:
        with self._ctx.store.read_only(now) as tx:
            is_due = tx.user_groups.is_any_due(list(self._groups), now)
        if is_due:
            with self._ctx.store.transaction(now) as tx:
                due = tx.user_groups.claim_due(list(self._groups), now, now + REFRESH_EVERY)
            self._refresh(due, now)
        self._look_up_others(now)
        with self._ctx.store.read_only(now) as tx:
            versions = tx.user_groups.read_versions(list(self._groups))
        if versions != self._ctx.role_groups.versions:
            self._on_change()

    def _refresh(self, due: Sequence[str], now: datetime) -> None:
        """Every call to Slack is made before the transaction that stores its answer."""
        for number, group in enumerate(due):
            answer = self._slack.list_members(group)
            if answer is None:  # the others wouldn't fare better now
                with self._ctx.store.transaction(now) as tx:
                    tx.user_groups.mark_due(due[number:], now + RETRY_AFTER)
                return
            with self._ctx.store.read_only(now) as tx:
                known = tx.user_groups.list_known_people()
            self._look_up([user for user in answer.users if user not in known], now)
            with self._ctx.store.transaction(now) as tx:
                self._save(tx, self._groups[group], answer)

    def _look_up_others(self, now: datetime) -> None:
        """Those whom nobody has asked about yet, and those who may have another name or be guests by now."""
        if lies_ahead(self._slack.next_look_up, now, LOOK_UP_EVERY):
            return
        with self._ctx.store.read_only(now) as tx:
            waiting = tx.user_groups.list_people_to_look_up(list(self._groups), now - ASK_AGAIN_AFTER, PEOPLE_AT_ONCE)
        self._look_up(waiting, now)

    def _look_up(self, users: Sequence[str], now: datetime) -> None:
        if not users:
            return
        self._slack.next_look_up = now + LOOK_UP_EVERY
        found = self._slack.look_up(users[:PEOPLE_AT_ONCE])
        with self._ctx.store.transaction(now) as tx:
            for user, (name, kind) in found.items():
                tx.user_groups.save_person(user, name, kind is PersonKind.UNLISTED, now)

    def _save(self, tx: Transaction, group: RoleGroup, answer: GroupAnswer) -> None:
        problem = answer.problem
        if not problem:
            before = self._find_leads(tx).get(group.id, frozenset())
            tx.user_groups.save_members(group.id, answer.users, tx.now)
            if before and not self._has_lead(tx):
                tx.user_groups.save_members(group.id, {*answer.users, *before}, tx.now)
                problem = LAST_LEAD
                if not tx.user_groups.list_known_people().issuperset(answer.users):  # somebody of them may lead
                    problem = ""
                    tx.user_groups.mark_due([group.id], tx.now + RETRY_AFTER)
        if tx.user_groups.save_problem(group.id, problem) and problem:
            self._report(tx, group.id, problem)

    def _has_lead(self, tx: Transaction) -> bool:
        listed = [one for one in find_pmo_leads(self._ctx.people) if not one.is_by_group]
        return bool(listed) or any(self._find_leads(tx).values())

    def _find_leads(self, tx: Transaction) -> dict[str, frozenset[str]]:
        """Who leads the PMO by a group, by group. An entry of their own in the organisation file decides for them."""
        leading = [group.id for group in self._groups.values() if Role.PMO_LEAD in group.roles]
        listed = {one.id for one in self._ctx.people if not one.is_by_group}
        return {group: frozenset(names) - listed for group, names in tx.user_groups.read_names(leading).items()}

    def _report(self, tx: Transaction, group: str, problem: str) -> None:
        text = describe_group_problem(group, problem)
        log.warning("%s", text)
        tell_pmo(tx, self._ctx, build_message(text), key=f"user-group:{group}:{problem}:{tx.now.isoformat()}")
