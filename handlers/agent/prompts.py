"""The questions that the agent view suggests: for what the person is looking at, then for their role."""

from collections.abc import Iterable

from foundation.people import Person
from handlers.context import AppContext
from knowledge.starters import list_starters
from servicedesk.permissions import can_request, can_see_queue
from strategy.permissions import can_preview_digests, can_see_strategy

MOST = 4
TITLE = "For example"

_PROJECTS = "Which projects are red?"
_REQUESTS = "Show me all open requests"
_CHANGES = "What has changed since last week?"
_OWN_REQUESTS = "Where is my request?"
_STORIES = "Which success stories are there?"


def choose_prompts(ctx: AppContext, person: Person, viewed: Iterable[str] = ()) -> tuple[str, ...]:
    """At most four questions. Nothing about the viewed channels but their ids is used."""
    chosen = [prompt for channel in viewed for prompt in _list_channel_prompts(ctx, person, channel)]
    general = [*list_starters(ctx.library().handbook, person), *([_OWN_REQUESTS] if can_request(person) else [])]
    return tuple(dict.fromkeys([*chosen[: MOST - 1], *general]))[:MOST]


def _list_channel_prompts(ctx: AppContext, person: Person, channel: str) -> tuple[str, ...]:
    """What is asked most about the matters of one of the organisation's own channels."""
    channels = ctx.channels
    if not can_see_strategy(person):
        return ()
    if channel == channels.triage and can_see_queue(person):
        return (_REQUESTS,)
    if channel == channels.leadership and can_preview_digests(person):
        return (_PROJECTS, _CHANGES)
    if channel == channels.progress:
        return (_PROJECTS,)
    return (_STORIES,) if channel == channels.stories else ()
