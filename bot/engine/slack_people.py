"""Who somebody is in Slack: asked when they use the bot, and remembered for some minutes."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.channel_members import SLACKBOT
from bot.engine.slack_methods import READ_PERSON
from foundation.access import PersonKind
from foundation.people import find_erased_name
from foundation.text import make_storable
from foundation.time import lies_ahead
from handlers.slack.errors import choose_log_level, read_cause, read_error_code

log = logging.getLogger(__name__)

REMEMBERED = timedelta(minutes=10)
RETRIED = timedelta(seconds=15)  # after Slack couldn't be asked; until then what was known before counts
MOST_REMEMBERED = 10_000  # people
CALL_SECONDS = 1.5  # whoever clicked has three seconds for a window to open
LONGEST_NAME = 80  # as in the organisation file
NOT_OURS = ("user_not_found", "user_not_visible", "users_not_found")  # whom we share nothing with


@dataclass(frozen=True, slots=True)
class _Lookup:
    """What Slack said, and until when it isn't asked again."""

    kind: PersonKind
    until: datetime


class SlackPeople:
    """What people are by Slack's users.info.

    `own_ids` are the ids of our own workspace and its enterprise. `look_up` is for worker threads, `look_up_soon` for
    the event loop, which makes the calls to Slack.
    """

    def __init__(
        self,
        web: AsyncWebClient,
        team: str,
        enterprise: str | None,
        loop: asyncio.AbstractEventLoop,
        now: Callable[[], datetime],
    ) -> None:
        self.own_ids = frozenset(one for one in (team, enterprise) if one)
        self.is_enterprise = bool(enterprise)
        self._web = web
        self._loop = loop
        self._now = now
        self._known: dict[str, _Lookup] = {}
        self._lock = threading.Lock()

    def recall(self, user: str) -> PersonKind:
        """What Slack last said, however long ago; never waits."""
        known = self._known.get(user)
        return known.kind if known else PersonKind.BOT if user == SLACKBOT else PersonKind.UNKNOWN

    def look_up(self, user: str) -> None:
        """Ask Slack, unless the answer is remembered. Never raises."""
        if self._is_due(user):
            asyncio.run_coroutine_threadsafe(self.read_person(user), self._loop).result()

    async def look_up_soon(self, user: str) -> None:
        """The same on the event loop."""
        if self._is_due(user):
            await self.read_person(user)

    def _is_due(self, user: str) -> bool:
        known = self._known.get(user)
        is_known = known is not None and lies_ahead(known.until, self._now(), REMEMBERED)
        return bool(user) and user != SLACKBOT and not find_erased_name(user) and not is_known

    async def read_person(self, user: str) -> tuple[str, PersonKind] | None:
        """Ask Slack for somebody's name and what they are, and remember it; None if Slack couldn't be asked."""
        try:
            async with asyncio.timeout(CALL_SECONDS):
                answer = await self._web.api_call(READ_PERSON, http_verb="GET", params={"user": user})
            person = answer.data["user"] if isinstance(answer.data, dict) else {}
            name, kind = _read_name(person) or user, judge_person(person, self.own_ids)
        except SlackApiError as error:
            if read_error_code(error) not in NOT_OURS:
                self._postpone(user, error)
                return None
            name, kind = user, PersonKind.OUTSIDER
        except Exception as error:
            self._postpone(user, error)
            return None
        self._remember(user, kind, REMEMBERED)
        return name, kind

    def _postpone(self, user: str, error: Exception) -> None:
        """What was known before counts until Slack is asked again."""
        level, cause = choose_log_level(error), read_cause(error)
        log.log(level, "Slack didn't say who %s is (%s), so what was known before counts.", user, cause)
        self._remember(user, self.recall(user), RETRIED)

    def _remember(self, user: str, kind: PersonKind, time: timedelta) -> None:
        with self._lock:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[user] = _Lookup(kind, self._now() + time)


def judge_person(person: Mapping[str, Any], own_ids: frozenset[str]) -> PersonKind:
    """What somebody is by Slack's record of them. `own_ids`: the ids of our own workspace and its enterprise."""
    if person.get("is_bot") or person.get("is_workflow_bot") or person.get("id") == SLACKBOT:
        return PersonKind.BOT
    if person.get("deleted"):
        return PersonKind.DEACTIVATED
    if _is_foreign(person, own_ids):
        return PersonKind.OUTSIDER
    if person.get("is_restricted") or person.get("is_ultra_restricted"):
        return PersonKind.GUEST
    return PersonKind.UNLISTED


def _read_name(person: Mapping[str, Any]) -> str:
    """The full name, as it is shown in the workspace."""
    profile = person.get("profile") or {}
    name = profile.get("real_name") or person.get("real_name") or person.get("name") or ""
    return make_storable(str(name)).strip()[:LONGEST_NAME]


def _is_foreign(person: Mapping[str, Any], own_ids: frozenset[str]) -> bool:
    """Whether they are neither of our workspace nor of another one of the same enterprise."""
    enterprise = person.get("enterprise_user") or {}
    named = {person.get("team_id"), person.get("enterprise_id"), enterprise.get("enterprise_id"), *_list_teams(person)}
    known = named - {None, ""}
    return own_ids.isdisjoint(known) if known else bool(person.get("is_stranger"))


def _list_teams(person: Mapping[str, Any]) -> list[str]:
    """The workspaces of an enterprise that somebody belongs to."""
    return list((person.get("enterprise_user") or {}).get("teams") or ())
