"""What people write to the bot: direct messages, mentions, and follow-ups in a thread without a mention."""

import asyncio
import re
from functools import partial

from foundation.access import Access
from foundation.errors import UserError
from foundation.people import People
from handlers.context import AppContext
from handlers.questions.questions import answer_direct_message, answer_question
from handlers.questions.small_talk.kinds import SmallTalk, SmallTalkKind
from handlers.questions.small_talk.replies import read_small_talk
from handlers.questions.wording.catalogue import localize_text, use_language
from handlers.slack import message_events, payloads
from handlers.slack.blocks.builders import build_message, shorten
from handlers.slack.calls import BlockingCall, DeferredCall
from handlers.slack.payloads import Place, TypedQuestion
from handlers.slack.replies import send_reply
from handlers.slack.routes import Routes
from knowledge.double_questions import is_asking
from knowledge.languages.dictionary import Language
from knowledge.languages.translation import read_foreign_question
from knowledge.questions import LONGEST
from storage.store import Transaction

# What comes before the first pause, and after the last comma.
_CALLS = (re.compile(r"\A\W*([^,:;!.?–—]*?)\s*(?:[,:;!.–—]|\s-\s)"), re.compile(r",\s*([^,]*?)[\s.?!]*\Z"))
MOST_WORDS_OF_ADDRESS = 4  # “thank you, dear Ben”


def register(routes: Routes) -> None:
    routes.defer_event("app_mention", answer_mention, needs=Access.HANDBOOK, when=is_own_message)
    routes.defer_event("message", answer_message, needs=Access.HANDBOOK, when=is_for_bot)
    routes.defer_shortcut("ask_about_message", answer_chosen_message, needs=Access.HANDBOOK)


async def is_own_message(call: BlockingCall) -> bool:
    """Whether a person wrote the message."""
    return message_events.is_typed_by_person(call.payload)


async def is_for_bot(call: BlockingCall) -> bool:
    """Whether it is a direct message, an edited message that now mentions the bot, or a follow-up.

    The bot gets every message of its channels. It looks into the database only for a reply in a thread. What isn't for
    the bot isn't stored, so that it is still new if somebody then adds a mention to it.
    """
    body, bot = call.payload, call.ctx.bot_user
    if message_events.is_typed_in_direct_message(body) or message_events.is_mention_added(body, bot):
        return True
    return message_events.may_follow_up(body, bot) and await asyncio.to_thread(_is_follow_up, call)


def answer_mention(call: DeferredCall) -> None:
    """Somebody mentioned the bot. Slack may send that as a message, too; whichever comes first is answered."""
    answer_message(call)


def answer_message(call: DeferredCall) -> None:
    """Somebody wrote something that is for the bot."""
    asked = payloads.read_question(call.payload)
    if asked.place.is_direct:
        answer_direct_message(call)
    elif said := _read_stop(call, asked):
        _stop_following(call, said)
    else:
        answer_question(call, asked)


def answer_chosen_message(call: DeferredCall) -> None:
    """Somebody chose Ask the PMO about this in the menu of a message, whoever wrote it. Only they see the answer.

    Raises:
        UserError: the message has no words.
    """
    chosen = payloads.read_chosen_message(call.payload)
    if not chosen.text:
        raise UserError("I read only words, and this message has none. Type `/pmo` and your question instead.")
    answer_question(call, TypedQuestion(shorten(chosen.text, LONGEST), call.place))


def _is_askers(call: BlockingCall, tx: Transaction) -> bool:
    """Whether the person asked the thread's first question, or is about to get its answer."""
    channel, thread_ts = _read_thread(call.place)
    if asker := tx.threads.find_asker(channel, thread_ts):
        return asker == call.place.user
    began = message_events.read_parent_user(call.payload) == call.place.user
    return began and tx.threads.is_being_answered(channel, thread_ts)


def _is_follow_up(call: BlockingCall) -> bool:
    """Whether a reply without a mention is by the thread's asker, and asks the bot or stops it."""
    return call.read(partial(_is_askers, call)) and _speaks_to_bot(call.ctx, payloads.read_question(call.payload))


def _speaks_to_bot(ctx: AppContext, asked: TypedQuestion) -> bool:
    """Whether the words ask something, and nobody else. Thanks and remarks need no reply."""
    said = read_small_talk(ctx, asked.text)
    if said is not None:
        return said.kind in (SmallTalkKind.CAPABILITIES, SmallTalkKind.HELP, SmallTalkKind.STOP)
    is_for_other = _is_for_somebody_else(asked.text, asked.place.user, ctx.people)
    return not is_for_other and is_asking(read_foreign_question(asked.text).english)


def _is_for_somebody_else(text: str, user: str, people: People) -> bool:
    """Whether the message begins or ends by calling somebody else of the organisation: “Ben, …” or “…, Ben?”."""
    names = {part.casefold() for one in people if one.id != user for part in (one.name, *one.name.split()[:1])}
    calls = [found[1].casefold().split() for pattern in _CALLS if (found := pattern.search(text))]
    called = [words for words in calls if 0 < len(words) <= MOST_WORDS_OF_ADDRESS]
    return any(words[-1] in names or " ".join(words[-2:]) in names for words in called)


def _read_stop(call: DeferredCall, asked: TypedQuestion) -> SmallTalk | None:
    """The “stop” of somebody whose question the thread answers."""
    said = None if asked.place.opens_thread else read_small_talk(call.ctx, asked.text)
    if said is None or said.kind is not SmallTalkKind.STOP:
        return None
    return said if call.read(partial(_is_askers, call)) else None


def _stop_following(call: DeferredCall, said: SmallTalk) -> None:
    with call.transaction() as tx:
        tx.threads.stop(*_read_thread(call.place), call.place.user, tx.now)
        with use_language(Language(said.language)):
            text = localize_text("I'll stay out of this thread. To ask me something here, mention me.")
        send_reply(tx, call.place, build_message(text))


def _read_thread(place: Place) -> tuple[str, str]:
    return place.channel or "", place.thread_ts or ""
