"""How questions are put that ask for how things stand today. Words only; what they name is found elsewhere."""

import re
from collections.abc import Iterator

from reporting.by_status import StatusFilter
from strategy.records import SubjectKind

LONGEST = 500  # characters
_OPENING = r"(?:(?:and|so|hey|hi|please|tell me|show me|can you (?:tell|show) me|do you know)\b,? *)*"
_NOW = r"(?:today|now|right now|at the moment|currently)"

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


def _put(words: str) -> re.Pattern[str]:
    """A whole question with these words, politely opened or not, about this moment."""
    return re.compile(rf"{_OPENING}{words}(?: {_NOW})?\W*", re.IGNORECASE)


_STANDING = tuple(
    _put(words)
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
_MEASURED = (
    re.compile(rf"{_OPENING}(?:what|how (?:high|low|much|many))(?:'s|’s| is| are)? (?P<what>.+?) {_NOW}\W*", re.I),
    _put(
        r"(?:what(?:'s|’s| is| are) )?(?:the |our )?(?:current|latest|last) "
        r"(?:(?:value|level|figure|measurement) (?:of|for) )?(?P<what>.+?)(?: (?:value|level|figure))?"
    ),
)
_STATES = {
    StatusFilter.RED: r"red",
    StatusFilter.AMBER: r"amber|yellow",
    StatusFilter.GREEN: r"green|on track|fine|healthy|doing well",
    StatusFilter.TROUBLED: r"in trouble|at risk|off track|not on track|not green|struggling",
    StatusFilter.LATE: r"late|delayed|behind(?: schedule)?|overdue|slipping",
}
_ANY_STATE = "|".join(f"(?P<{state.name}>{words})" for state, words in _STATES.items())
_COUNTING = r"(?:which|what|are any|is any|any|are there|list|how many|show)(?: (?:all|any|of|me|the|our))*"
_KIND = r"(?P<kind>project|objective)s?"
_IN_STATE = (
    _put(rf"{_COUNTING} {_KIND}(?: (?:that|which))?(?: (?:is|are))?(?: (?:still|running))? (?:{_ANY_STATE})"),
    _put(rf"{_COUNTING} (?:{_ANY_STATE}) {_KIND}(?: (?:are there|are running|do we have|have we))?"),
)
_OPEN_REQUESTS = (
    _put(
        r"(?:which|what|list|how many|show|see|are there|do we have|any)(?: (?:all|any|of|me|the|our|my))*"
        r" (?:open|pending|current|outstanding|unfinished) requests?(?: (?:are there|do (?:we|i) have|have (?:we|i)))?"
    ),
    _put(
        r"(?:which|what|how many|are any)(?: (?:of|the|our|my))* requests? (?:are|is)?(?: still)? ?"
        r"(?:open|pending|outstanding|unfinished)"
    ),
)
_MY_SERVICE = _put(
    r"(?:where(?:'s|’s| is| are)|(?:what(?:'s|’s| is) )?(?:the )?(?:status|state|progress) (?:of|on)"
    r"|how(?:'s|’s| is| far is)|when (?:will|do|can) i (?:get|have|receive|expect)|what happened (?:to|with)"
    r"|when (?:is|will)) my (?P<what>.+?)(?: (?:done|ready|due|be (?:done|ready|delivered)|going))?"
)


def reference(question: str) -> str:
    """The number of the request that is named, or nothing."""
    found = _REFERENCE.search(question)
    return (found[1] or found[2]) if found else ""


def is_of_my_requests(question: str) -> bool:
    return bool(_MINE.match(question))


def is_of_open_requests(question: str) -> bool:
    return any(pattern.fullmatch(question.strip()) for pattern in _OPEN_REQUESTS)


def my_service(question: str) -> str:
    """What the asker calls theirs and may be a service that they asked for: “where is my health check?”."""
    found = _MY_SERVICE.fullmatch(question.strip())
    return found["what"] if found else ""


def states(question: str) -> tuple[SubjectKind, StatusFilter] | None:
    """Of which kind all those in which state are asked for."""
    for pattern in _IN_STATE:
        if found := pattern.fullmatch(question.strip()):
            state = next(state for state in StatusFilter if found[state.name])
            return SubjectKind(found["kind"].lower()), state
    return None


def measures(question: str) -> Iterator[str]:
    """What may be a measure of which the value is asked for."""
    yield from (_plain(found) for one in _MEASURED if (found := one.fullmatch(question.strip())))
    yield from (what for what, _ in subjects(question))


def subjects(question: str) -> Iterator[tuple[str, bool]]:
    """What may be an objective or a project, and whether nothing but how it stands can be meant."""
    for number, pattern in enumerate(_STANDING):
        if found := pattern.fullmatch(question.strip()):
            yield _plain(found), number in _PLAINLY


def may_be(question: str) -> bool:
    """Whether the question is put as one about how something stands. Whole stories are not."""
    return len(question) <= LONGEST and bool(
        reference(question)
        or is_of_my_requests(question)
        or is_of_open_requests(question)
        or my_service(question)
        or states(question)
        or any(measures(question))
    )


def _plain(found: re.Match[str]) -> str:
    return " ".join(found["what"].casefold().split())
