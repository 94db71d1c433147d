"""What a question asks for, as far as its words say."""

import re
from dataclasses import dataclass
from enum import StrEnum

from foundation.errors import UserError
from knowledge.terms import extract_terms

LONGEST = 1_000  # characters
LONGEST_OFFERED = 75  # characters of a question that is offered; a button shows no more
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")


class Cue(StrEnum):
    """The kind of thing that the answer must contain."""

    NUMBER = "number"
    TIME = "time"
    PERSON = "person"
    DEFINITION = "definition"
    NONE = "none"


_CUES = tuple(
    (cue, re.compile(rf"(?:\b|^)(?:{words})(?:\b|$)", re.IGNORECASE))
    for cue, words in (
        (Cue.TIME, "how (?:long|often|soon|quick(?:ly)?|frequent(?:ly)?|fast|early|late)|when|deadline|what date"),
        (Cue.NUMBER, "how (?:many|much)|what (?:percent(?:age)?|proportion|number|score|ratio|formula|threshold)"),
        (Cue.PERSON, "who(?:se|m)?|which (?:role|person|board|people)"),
        (
            Cue.DEFINITION,
            r"^(?:(?:so )?what(?:'s|’s| is| are)(?: an?| the)?|define|what does) [\w -]{2,30}(?: mean| stand for)?\??$",
        ),
    )
)
_FOUND = {
    Cue.NUMBER: re.compile(
        r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|twelve|dozen|half|twice|once|no|none|every|all|single)\b"
        r"|[=÷×]",
        re.IGNORECASE,
    ),
    Cue.TIME: re.compile(
        r"\b(day|week|month|year|hour|minute|quarter|morning|noon|monday|thursday|friday|sprint|gate|stage|phase)s?\b"
        r"|\b(daily|weekly|monthly|quarterly|annually|yearly|fortnight\w*|immediately|before|after|within|until|during"
        r"|every|once|when|whenever|as soon as|at once|at the (start|end)|later|earlier|G[0-5])\b",
        re.IGNORECASE,
    ),
    Cue.PERSON: re.compile(
        r"\b(sponsor|manager|board|pmo|owner|lead|leader|leaders|chair|team|executive|committee|secretary|finance|director"
        r"|staff|analyst|auditor|supplier|you|nobody|everyone|anyone|requester|approver|author|assessor|reviewer|coach"
        r"|mentor|facilitator|user|users|people|person|assurance|master|customer|department|authority|head)s?\b",
        re.IGNORECASE,
    ),
}
_VERDICT = re.compile(
    r"^(?:(?:so|and|but|hi|hey|ok|pls|please)\W+)*"
    r"(?:can|could|may|must|do|does|did|is|are|am|should|shall|will|would|has|have|need)\b"
    r"|\b(?:can|may|must|should|do|does|is|are|will|has|have)"
    r" (?:i|we|you|it|they|the|my|our|a|an|every(?:one|body)|some(?:one|body)|any(?:one|body)|this|that)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, ready to search for. `stems` are its words with meaning, each once, in order."""

    text: str
    stems: tuple[str, ...]
    cue: Cue

    @property
    def has_cue(self) -> bool:
        """Whether the answer must contain a number, a time or a person."""
        return self.cue in _FOUND

    @property
    def wants_verdict(self) -> bool:
        """Whether it asks for a yes or a no."""
        return self.cue is Cue.NONE and _VERDICT.search(self.text) is not None

    def is_met_by(self, text: str) -> bool:
        """Whether the text has the kind of thing that the question asks for."""
        return self.cue not in _FOUND or _FOUND[self.cue].search(text) is not None


def parse_question(text: str) -> Question:
    """Parse what somebody typed.

    Raises:
        UserError: it is empty or far too long.
    """
    asked = " ".join(_CONTROL.sub(" ", text).split())
    if not asked:
        raise UserError("What would you like to know? Ask in a sentence, such as “Who approves a change request?”")
    if len(asked) > LONGEST:
        raise UserError(f"Your question is too long. Please keep it under {LONGEST:,} characters.")
    stems = tuple(dict.fromkeys(extract_terms(asked)))
    return Question(asked, stems, find_cue(asked))


def write_as_sentence(question: str) -> str:
    """The question as a person writes it with care: with a capital letter and a question mark."""
    return question[:1].upper() + question[1:] + ("" if question.endswith("?") else "?")


def find_cue(text: str) -> Cue:
    """What a question or a heading asks for."""
    return next((cue for cue, pattern in _CUES if pattern.search(text)), Cue.NONE)
