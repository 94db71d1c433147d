"""What a question asks for: one intent, read once from its words. The answerers look up what the words name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from reporting.by_status import StatusFilter
from strategy.records import SubjectKind

LONGEST = 500  # characters; anything longer is a story for the handbook


@dataclass(frozen=True, slots=True)
class RequestByNumber:
    """The status of one request."""

    number: int


@dataclass(frozen=True, slots=True)
class MyRequests:
    """The asker's own requests."""


@dataclass(frozen=True, slots=True)
class OpenRequests:
    """All open requests, as far as the asker may see them."""


@dataclass(frozen=True, slots=True)
class SubjectsInState:
    """All objectives or projects in one state."""

    kind: SubjectKind
    state: StatusFilter


@dataclass(frozen=True, slots=True)
class StatusOf:
    """The status of something that the question names, in lower case.

    `is_certain`: the words can only ask for a status; “who owns …” may also ask about the method.
    """

    name: str
    is_certain: bool = False


@dataclass(frozen=True, slots=True)
class MyServiceStatus:
    """The status of the asker's own request for a service; the service's name is in lower case."""

    service: str


@dataclass(frozen=True, slots=True)
class ValueOf:
    """The current value of the metric that the question names, in lower case."""

    metric: str


@dataclass(frozen=True, slots=True)
class HandbookQuestion:
    """Anything else."""


Intent: TypeAlias = (
    RequestByNumber
    | MyRequests
    | OpenRequests
    | SubjectsInState
    | StatusOf
    | MyServiceStatus
    | ValueOf
    | HandbookQuestion
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way to put a question, the intent it has then, and examples that a test holds it to."""

    regex: re.Pattern[str]
    build: Callable[[re.Match[str]], Intent]
    examples: Mapping[str, Intent]


def parse_intent(text: str) -> Intent:
    """The intent of the first pattern that fits the whole question, in lower case and on one line."""
    question = " ".join(text.casefold().split())
    for pattern in PATTERNS if len(question) <= LONGEST else ():
        if found := pattern.regex.fullmatch(question):
            return pattern.build(found)
    return HandbookQuestion()


_OPENING = r"(?:(?:and|so|hey|hi|please|tell me|show me|can you (?:tell|show) me|do you know)\b,? *)*"
_NOW = r"(?:today|now|right now|at the moment|currently)"


def _compile_question(words: str) -> re.Pattern[str]:
    """A whole question with these words, with or without a polite opening, about this moment."""
    return re.compile(rf"{_OPENING}{words}(?: {_NOW})?\W*")


def _build_uncertain_status(found: re.Match[str]) -> Intent:
    return StatusOf(found["name"])


def _build_certain_status(found: re.Match[str]) -> Intent:
    return StatusOf(found["name"], is_certain=True)


def _build_state_intent(found: re.Match[str]) -> Intent:
    state = next(state for state in StatusFilter if found[state.name])
    return SubjectsInState(SubjectKind(found["kind"]), state)


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

# The order matters: the first pattern that fits decides.
PATTERNS = (
    # The number with its prefix anywhere; a bare number only where a status is asked for.
    Pattern(
        re.compile(
            r".*?(?:\bpmo-(\d{1,9})\b"
            r"|\b(?:where|status|state|far|when|show|see)\b.*\b(?:pmo|request)\s*(?:no\.?\s*|#)?(\d{1,9})\b).*"
        ),
        lambda found: RequestByNumber(int(found[1] or found[2])),
        {
            "how far is PMO-41?": RequestByNumber(41),
            "where is my request pmo 1": RequestByNumber(1),
            "What is the status of request #12?": RequestByNumber(12),
        },
    ),
    Pattern(
        re.compile(
            r"(?=.*\bmy (?:\w+ )?requests?\b).*\b(?:where|state|status|stands?|progress|how far|how (?:is|are)|list"
            r"|show|see|find|happen\w*|when (?:will|do))\b.*"
        ),
        lambda found: MyRequests(),
        {"when will my request be delivered?": MyRequests(), "show me my open requests": MyRequests()},
    ),
    Pattern(
        _compile_question(
            r"(?:which|what|list|how many|show|see|are there|do we have|any)(?: (?:all|any|of|me|the|our|my))*"
            r" (?:open|pending|current|outstanding|unfinished) requests?"
            r"(?: (?:are there|do (?:we|i) have|have (?:we|i)))?"
        ),
        lambda found: OpenRequests(),
        {"show me all open requests": OpenRequests(), "How many pending requests do we have?": OpenRequests()},
    ),
    Pattern(
        _compile_question(
            r"(?:which|what|how many|are any)(?: (?:of|the|our|my))* requests? (?:are|is)?(?: still)? ?"
            r"(?:open|pending|outstanding|unfinished)"
        ),
        lambda found: OpenRequests(),
        {"which requests are still open?": OpenRequests()},
    ),
    Pattern(
        _compile_question(
            rf"{_COUNTING} {_KIND}(?: (?:that|which))?(?: (?:is|are))?(?: (?:still|running))? (?:{_ANY_STATE})"
        ),
        _build_state_intent,
        {
            "which projects are red?": SubjectsInState(SubjectKind.PROJECT, StatusFilter.RED),
            "are any objectives on track": SubjectsInState(SubjectKind.OBJECTIVE, StatusFilter.GREEN),
            "are any projects in trouble at the moment?": SubjectsInState(SubjectKind.PROJECT, StatusFilter.TROUBLED),
        },
    ),
    Pattern(
        _compile_question(rf"{_COUNTING} (?:{_ANY_STATE}) {_KIND}(?: (?:are there|are running|do we have|have we))?"),
        _build_state_intent,
        {"what late projects do we have?": SubjectsInState(SubjectKind.PROJECT, StatusFilter.LATE)},
    ),
    Pattern(
        _compile_question(
            r"(?:what(?:'s|’s| is| are) )?(?:the )?(?:current |latest )?"
            r"(?:status|state|progress|rag|health|news|updates?|latest) (?:of|on|for|about|from) (?P<name>.+?)"
        ),
        _build_certain_status,
        {
            "What is the current status of Pressure Management?": StatusOf("pressure management", True),
            "tell me the latest on metering": StatusOf("metering", True),
        },
    ),
    Pattern(
        _compile_question(
            r"how (?:is|are|does|do) (?P<name>.+?) "
            r"(?:doing|going|getting (?:on|along)|progressing|stand(?:ing)?|looking)"
        ),
        _build_certain_status,
        {"How is the smart metering project going?": StatusOf("the smart metering project", True)},
    ),
    Pattern(
        _compile_question(
            r"(?:is|are) (?P<name>.+?) (?:still )?"
            r"(?:on track|on time|late|delayed|behind|red|amber|green|in trouble|at risk|over budget)"
        ),
        _build_certain_status,
        {"is metering still on track right now?": StatusOf("metering", True)},
    ),
    Pattern(
        _compile_question(r"where (?:do we stand (?:on|with)|is|are|does|do) (?P<name>.+?)(?: stand)?"),
        _build_uncertain_status,
        {"where is my health check?": StatusOf("my health check"), "where do we stand on leakage": StatusOf("leakage")},
    ),
    Pattern(
        _compile_question(
            r"who(?:'s|’s| is)? (?:the )?(?:own|lead|run|manage|sponsor|responsible|in charge)\w*"
            r"(?: (?:of|for))? (?P<name>.+?)"
        ),
        _build_uncertain_status,
        {"who is responsible for the asset register?": StatusOf("the asset register")},
    ),
    Pattern(
        _compile_question(
            r"when (?:is|are|does|do|will) (?P<name>.+?) (?:be )?(?:due|finish(?:ed)?|end|done|ready|completed?)"
        ),
        _build_uncertain_status,
        {"when will metering be done?": StatusOf("metering")},
    ),
    Pattern(
        _compile_question(
            r"(?:where(?:'s|’s| is| are)|(?:what(?:'s|’s| is) )?(?:the )?(?:status|state|progress) (?:of|on)"
            r"|how(?:'s|’s| is| far is)|when (?:will|do|can) i (?:get|have|receive|expect)|what happened (?:to|with)"
            r"|when (?:is|will)) my (?P<name>.+?)(?: (?:done|ready|due|be (?:done|ready|delivered)|going))?"
        ),
        lambda found: MyServiceStatus(found["name"]),
        {
            "when will I get my health check?": MyServiceStatus("health check"),
            "what happened to my Risk Workshop": MyServiceStatus("risk workshop"),
        },
    ),
    Pattern(
        _compile_question(
            r"(?:what(?:'s|’s| is| are) )?(?:the |our )?(?:current|latest|last) "
            r"(?:(?:value|level|figure|measurement) (?:of|for) )?(?P<name>.+?)(?: (?:value|level|figure))?"
        ),
        lambda found: ValueOf(found["name"]),
        {"what is the current level of average zone pressure?": ValueOf("average zone pressure")},
    ),
    Pattern(
        re.compile(rf"{_OPENING}(?:what|how (?:high|low|much|many))(?:'s|’s| is| are)? (?P<name>.+?) {_NOW}\W*"),
        lambda found: ValueOf(found["name"]),
        {
            "what is leakage now?": ValueOf("leakage"),
            "How high is the water pressure today?": ValueOf("the water pressure"),
        },
    ),
)
