"""The agent view: suggested questions, a title for each conversation, and a sign that an answer is on its way.

All of it is decoration: each call is made at once, at most once, and its failure changes nothing.
"""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress

from foundation.access import Access
from handlers.agent.prompts import TITLE, choose_prompts
from handlers.slack import payloads
from handlers.slack.agent_events import (
    AgentPlace,
    find_conversation,
    is_conversation_opened,
    read_agent_place,
    read_viewed_channels,
)
from handlers.slack.blocks.builders import shorten
from handlers.slack.calls import ImmediateCall
from handlers.slack.errors import CALL_ERRORS
from handlers.slack.routes import Routes

LOOKING = "is looking in the handbook…"
LONGEST_TITLE = 200
LONGEST_PROMPT = 75
MOST_REMEMBERED = 1_000  # people


class _Viewed:
    """Which channels people were looking at last. It is in memory only, and forgets those who were quiet longest."""

    def __init__(self) -> None:
        self._channels: OrderedDict[str, Sequence[str]] = OrderedDict()

    def remember(self, user: str, channels: Sequence[str]) -> None:
        self._channels[user] = channels
        self._channels.move_to_end(user)
        if len(self._channels) > MOST_REMEMBERED:
            self._channels.popitem(last=False)

    def find(self, user: str) -> Sequence[str]:
        return self._channels.get(user, ())


def register(routes: Routes) -> None:
    viewed = _Viewed()

    async def follow_view(call: ImmediateCall) -> None:
        """Somebody looks at another channel while the agent view is open."""
        place = read_agent_place(call.payload)
        before, now = viewed.find(place.user), read_viewed_channels(call.payload)
        viewed.remember(place.user, now)
        if place.channel and now != before:
            await _suggest_questions(call, place, now)

    async def suggest_questions(call: ImmediateCall) -> None:
        """Somebody opened the conversation. Slack may say from which channel."""
        place = read_agent_place(call.payload)
        if not is_conversation_opened(call.payload):
            return
        if now := read_viewed_channels(call.payload):
            viewed.remember(place.user, now)
        await _suggest_questions(call, place, viewed.find(place.user))

    routes.accompany_event("app_home_opened", suggest_questions)
    routes.accompany_event("message", show_working)
    routes.handle_event("app_context_changed", follow_view)
    routes.handle_event("agent_session_stopped", show_idle)
    routes.handle_event("assistant_thread_started", suggest_questions)
    routes.handle_event("assistant_thread_context_changed", follow_view)


async def show_working(call: ImmediateCall) -> None:
    """Somebody asked in a conversation of the agent view. Slack takes the status away once the answer is there."""
    place = find_conversation(call.payload, call.ctx.bot_user)
    if place is None or not place.thread_ts:
        return
    title = shorten(payloads.read_question(call.payload).text, LONGEST_TITLE)
    if place.is_new and title:
        with suppress(*CALL_ERRORS):  # a conversation without a title still shows the status
            await call.client.agents_sessions_setStatus(
                channel_id=place.channel,
                thread_ts=place.thread_ts,
                status="active",
                title=title,
                initiator_user_id=place.user,
            )
    await _set_status(call, place.channel, place.thread_ts, LOOKING)


async def show_idle(call: ImmediateCall) -> None:
    """Somebody clicked Stop. An answer takes about a second, so there is nothing left to stop but the status."""
    place = read_agent_place(call.payload)
    if place.channel and place.thread_ts:
        await _set_status(call, place.channel, place.thread_ts, "")
        await call.client.agents_sessions_setStatus(
            channel_id=place.channel, thread_ts=place.thread_ts, status="active"
        )


async def _set_status(call: ImmediateCall, channel: str, thread_ts: str, status: str) -> None:
    await call.client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread_ts, status=status)


async def _suggest_questions(call: ImmediateCall, place: AgentPlace, viewed: Sequence[str]) -> None:
    """In the agent view, a thread must not be named; in the assistant view, it must."""
    person = call.ctx.people.get(place.user)
    if not person.has_access(Access.HANDBOOK):
        return
    chosen = choose_prompts(call.ctx, person, viewed)
    prompts = [{"title": shorten(text, LONGEST_PROMPT), "message": text} for text in chosen]
    thread = {"thread_ts": place.thread_ts} if place.thread_ts else {}
    await call.client.assistant_threads_setSuggestedPrompts(
        channel_id=place.channel, prompts=prompts, title=TITLE, **thread
    )
