"""Questions about how things stand today: the handbook cannot tell, requests and the strategy can."""

import re

from foundation.people import Person
from handlers import request_lists, strategy
from handlers.blocks.text import Message
from handlers.house import House
from storage.store import Transaction
from strategy.records import Subject
from strategy.search import every_subject, matching
from strategy.visibility import visible

# Its number, or, where it is asked where something stands, a number after a word for it.
_REFERENCE = re.compile(
    r"\bPMO-(\d{1,9})\b|\b(?:where|status|state|far|when|show|see)\b.*\b(?:PMO|request)\s*(?:no\.?\s*|#)?(\d{1,9})\b",
    re.IGNORECASE,
)
_MINE = re.compile(
    r"(?=.*\bmy (?:\w+ )?requests?\b).*"
    r"\b(?:where|state|status|stands?|progress|how far|how (?:is|are)|list|show|see|find|happen\w*|when (?:will|do))\b",
    re.IGNORECASE,
)
_STANDING = tuple(
    re.compile(
        rf"(?:(?:and|so|hey|hi|please|tell me|show me|do you know)\b,? *)*{words}"
        r"(?: (?:today|now|at the moment|currently))?\W*",
        re.IGNORECASE,
    )
    for words in (
        r"(?:what(?:'s|’s| is| are) )?(?:the )?(?:current |latest )?"
        r"(?:status|state|progress|rag|health|news|updates?|latest) (?:of|on|for|about|from) (?P<what>.+?)",
        r"how (?:is|are|does|do) (?P<what>.+?) (?:doing|going|getting (?:on|along)|progressing|stand(?:ing)?|looking)",
        r"where (?:do we stand (?:on|with)|is|are|does|do) (?P<what>.+?)(?: stand)?",
        r"(?:is|are) (?P<what>.+?) (?:still )?"
        r"(?:on track|on time|late|delayed|behind|red|amber|green|in trouble|at risk|over budget)",
        r"who(?:'s|’s| is)? (?:the )?(?:own|lead|run|manage|sponsor|responsible|in charge)\w*"
        r"(?: (?:of|for))? (?P<what>.+?)",
        r"when (?:is|are|does|do|will) (?P<what>.+?) (?:be )?(?:due|finish(?:ed)?|end|done|ready|completed?)",
    )
)
_PLAINLY = (0, 1, 3)  # “the status of …”, “how is … going”, “is … on track”
_AROUND = re.compile(r"\A(?:(?:the|our|my|project|objective) )+|(?: (?:project|objective|programme|program))+\Z")


def standing(tx: Transaction, house: House, person: Person, question: str) -> Message | None:
    """How the request, objective or project stands that the question names; None where it names none that they know.

    Raises:
        NotFound: it names a request that the person may not know of, or that does not exist.
    """
    if reference := _REFERENCE.search(question):
        return request_lists.looked_up(reference[1] or reference[2], person)(tx, house, person)
    if _MINE.match(question):
        return request_lists.looked_up("", person)(tx, house, person)
    subject = _named(tx, person, question)
    return strategy.details_now(tx, house, person, subject) if subject else None


def may_be_standing(question: str) -> bool:
    """Whether it is worth looking: the question is put as one about how something stands."""
    return bool(_REFERENCE.search(question) or _MINE.match(question) or _asked_about(question))


def _named(tx: Transaction, person: Person, question: str) -> Subject | None:
    """The one objective or project that is named: by its title or key, by two of its words or more, or, where nothing
    but how it stands can be meant, by one."""
    everything = tx.strategy.current()
    if everything is None:
        return None
    seen = visible(everything, person)
    exact = {name.casefold() for subject, title in every_subject(seen) for name in (title, subject.key)}
    words = [set(re.findall(r"\w+", name)) for name in exact]
    for pattern, what in _asked_about(question):
        bare = _AROUND.sub("", what)
        certain = what in exact or bare in exact or (bare != what and what.endswith((" project", " objective")))
        certain = certain or (pattern in _PLAINLY and any(bare in name for name in words))
        found = matching(seen, what if what in exact else bare) if certain or len(bare.split()) > 1 else ()
        if len(found) == 1:
            return found[0]
    return None


def _asked_about(question: str) -> list[tuple[int, str]]:
    """By which of the patterns what is asked about, as far as the words tell."""
    found = [pattern.fullmatch(question.strip()) for pattern in _STANDING]
    return [(number, " ".join(one["what"].casefold().split())) for number, one in enumerate(found) if one]
