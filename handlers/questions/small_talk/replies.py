"""What the bot says to small talk: a few words in the same tone and language."""

from foundation.people import Person
from handlers.context import AppContext
from handlers.home.help import build_abilities
from handlers.questions.small_talk.grammar import find_small_talk, load_grammars
from handlers.questions.small_talk.kinds import SmallTalk, SmallTalkKind
from handlers.questions.wording.catalogue import use_language
from handlers.slack.blocks.builders import Message, build_message
from knowledge.languages.dictionary import Language
from knowledge.terms import extract_terms

_ASKS_FOR_HELP = (SmallTalkKind.CAPABILITIES, SmallTalkKind.HELP)


def read_small_talk(ctx: AppContext, text: str) -> SmallTalk | None:
    """The small talk that somebody typed, if it is nothing else. Words of the handbook aren't misspelt ones."""
    knows_term = ctx.library().index.knows_term
    return find_small_talk(text, lambda word: any(map(knows_term, extract_terms(word))))


def build_small_talk_reply(ctx: AppContext, person: Person, said: SmallTalk) -> Message:
    """A few words or, for those who ask what they can do here, five lines with buttons."""
    if said.kind in _ASKS_FOR_HELP:
        with use_language(Language(said.language)):
            return build_abilities(ctx, person)
    return build_message(find_reply_text(said))


def find_reply_text(said: SmallTalk) -> str:
    replies = next(one.replies for one in load_grammars() if one.language == said.language)
    return replies[said.kind][said.tone]
