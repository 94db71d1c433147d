"""The local workspace for one's own organisation: its people and channels, as the workspace's seed."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from bot.organisation import Organisation
from foundation.people import Person, Role
from reporting.definitions import DigestAudience, DigestDefinition, NoReaders, find_readers
from strategy.permissions import find_leadership, find_pmo

Json = dict[str, Any]
APP = {"id": "A00PMO", "bot_user_id": "U00PMOBOT", "bot_name": "PMO Assistant"}
TEAM = "T00LOCAL"
GENERAL = "C00GENERAL"
TITLES = {
    Role.PMO_LEAD: "Head of PMO",
    Role.PMO_STAFF: "PMO staff",
    Role.LEADER: "Leader",
    Role.PROJECT_MANAGER: "Project manager",
}
MEMBER = "Team member"
WELCOME = (
    "Welcome. This is a workspace on your own machine, with the people and channels of your organisation file. "
    "Try “@PMO Assistant what can you do?”"
)


def build_local_seed(organisation: Organisation) -> Json:
    """The seed in the workspace's format: everybody in one channel, and the channels that the file names."""
    people = list(organisation.people)
    return {
        "team": {"id": TEAM, "name": organisation.name, "domain": "local"},
        "app": APP,
        "people": list(_describe_people(people, organisation.time_zone)),
        "channels": list(_describe_channels(organisation, people)),
        "usergroups": [{"id": group.id, "handle": group.id.lower(), "users": []} for group in organisation.groups],
    }


def _describe_people(people: Iterable[Person], time_zone: str) -> Iterator[Json]:
    taken: set[str] = set()
    for person in people:
        handle = _make_handle(person, taken)
        taken.add(handle)
        title = ", ".join(title for role, title in TITLES.items() if role in person.roles)
        yield {
            "id": person.id,
            "name": handle,
            "real_name": person.name,
            "title": title or MEMBER,
            "tz": time_zone,
        }


def _make_handle(person: Person, taken: set[str]) -> str:
    """A short name that nobody else has: “chloe” for Chloé Roux, or the ID for a second Chloé."""
    plain = unicodedata.normalize("NFKD", person.name).encode("ascii", "ignore").decode().lower()
    first = re.match(r"[a-z0-9]+", plain)
    wanted = first.group() if first else person.id.lower()
    return wanted if wanted not in taken else person.id.lower()


def _describe_channels(organisation: Organisation, people: list[Person]) -> Iterator[Json]:
    """Nobody can read a channel for the PMO or the leadership who couldn't in Slack, where it is private."""
    used = organisation.channels
    pmo, leaders = find_pmo(organisation.people), find_leadership(organisation.people)
    described = {
        GENERAL: _describe_channel(GENERAL, "general", organisation.name, people) | {"messages": list(_greet(people))},
        used.triage: _describe_channel(used.triage, "pmo-triage", "Requests for the PMO", pmo, private=True),
        used.leadership: _describe_channel(used.leadership, "leadership", "Leadership digests", leaders, private=True),
        used.progress: _describe_channel(used.progress, "strategy-progress", "Progress updates", people),
        used.stories: _describe_channel(used.stories, "success-stories", "What went well", people),
    }
    for digest in organisation.digests:
        readers = _find_present_readers(digest, organisation)
        topic, private = digest.title, digest.audience is not DigestAudience.EVERYBODY
        channel = _describe_channel(digest.channel, digest.key, topic, readers if private else people, private=private)
        described.setdefault(digest.channel, channel)
    yield from described.values()


def _find_present_readers(digest: DigestDefinition, organisation: Organisation) -> tuple[Person, ...]:
    try:
        return find_readers(digest, organisation.people)
    except NoReaders:  # only a user group has the role
        return ()


def _greet(people: list[Person]) -> Iterator[Json]:
    if people:
        yield {"user": APP["bot_user_id"], "text": WELCOME}


def _describe_channel(channel: str, name: str, topic: str, members: Iterable[Person], *, private: bool = False) -> Json:
    ids = [*(person.id for person in members), APP["bot_user_id"]]
    return {"id": channel, "name": name, "topic": topic, "private": private, "members": ids}
