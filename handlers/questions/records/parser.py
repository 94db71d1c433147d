"""What a question asks for: which record, of what, in which state, and when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from foundation.record_kinds import RecordKind
from handlers.questions.records.clauses import split_words
from handlers.questions.records.lexicon import Lexicon, load_lexicon
from handlers.questions.records.names import KnowsWord, Mention, Name, NameIndex, NameKind, correct_word
from handlers.questions.records.periods import Period, find_period
from knowledge.terms import extract_terms
from reporting.by_status import StatusFilter
from strategy.records import Subject, SubjectKind

_NUMBER = re.compile(r"\b(?:pmo|request|ticket)(?: (?:no\.?|number|nr\.?))?\s*[- #]\s*(\d{1,9})\b|(?<!\w)#(\d{1,9})\b", re.I)
_PRONOUN = re.compile(r"\b(it|its|it's|they|their|them|that (?:one|project|objective|metric)|this (?:one|project|objective))\b")
_SUBJECTS = (NameKind.PROJECT, NameKind.OBJECTIVE)
_THINGS = (*_SUBJECTS, NameKind.METRIC, NameKind.MILESTONE)
_PAST = frozenset({RecordKind.CHANGES, RecordKind.STORIES})
_POLITE = frozenset("please the a an our is are what how about and so of on for project objective hi hey now".split())


@dataclass(frozen=True, slots=True)
class RecordQuestion:
    """One question for records. `names` are what it names, `cues` what else it shows (grammar.yaml)."""

    kind: RecordKind
    text: str
    names: tuple[Name, ...] = ()
    cues: frozenset[str] = frozenset()
    period: Period | None = None
    number: int | None = None

    @property
    def state(self) -> StatusFilter | None:
        """The status asked for. Red or amber, and anything wrong, mean trouble."""
        if "troubled" in self.cues or {"red", "amber"} <= self.cues:
            return StatusFilter.TROUBLED
        found = (state for state in StatusFilter if state.name.lower() in self.cues)
        return next(found, None)

    @property
    def subject_kind(self) -> SubjectKind | None:
        """Whether it speaks of projects or of objectives only."""
        spoken = [kind for kind in SubjectKind if f"{kind.value}s" in self.cues]
        return spoken[0] if len(spoken) == 1 else None

    def list_keys(self, kind: NameKind) -> tuple[str, ...]:
        return tuple(name.key for name in self.names if name.kind is kind)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return tuple(Subject(SubjectKind(name.kind.value), name.key) for name in self.names if name.kind in _SUBJECTS)


@dataclass(frozen=True, slots=True)
class ClauseParser:
    """Reads questions against the names of one reader. `knows_word` knows the words of the handbook, as stems."""

    index: NameIndex
    knows_word: KnowsWord
    today: date
    lexicon: Lexicon

    def parse_clause(self, clause: str, context: Sequence[Name] = ()) -> RecordQuestion | None:
        """What the clause asks for; None if it isn't for records. `context` are the names spoken of before."""
        found = self.read_clause(clause, context)
        kind = next(self.lexicon.list_fitting(found.cues), None)
        return replace(found, kind=kind) if kind else None

    def read_clause(self, clause: str, context: Sequence[Name] = ()) -> RecordQuestion:
        """The names and cues of a clause; its kind isn't decided yet."""
        words = self.correct_words(split_words(clause))
        mentions = self.index.find_mentions(words, self.knows_word)
        masked = _mask_names(words, mentions)
        names = tuple(mention.name for mention in mentions)
        if context and not names and _PRONOUN.search(" ".join(words)):
            names, masked = tuple(context), [f"{context[0].kind}name" if _PRONOUN.fullmatch(w) else w for w in masked]
        number = _read_number(clause)
        text = " ".join(masked)
        period = find_period(text, self.today, is_past=True)
        cues = self.lexicon.find_cues(masked) | _find_structure(names, masked, number, period)
        cues |= {f"named {cue}" for name in names for cue in self.lexicon.find_cues(split_words(name.title))}
        return RecordQuestion(RecordKind.STATUS, clause, names, cues, period, number)

    def correct_words(self, words: Sequence[str]) -> list[str]:
        """The words, with those that neither people nor the handbook use corrected to one that the grammar knows."""
        known = self.lexicon.words | self.index.words
        return [word if self._is_word(word) else correct_word(word, known) for word in words]

    def find_unknown_words(self, words: Sequence[str]) -> list[str]:
        """The words that nobody knows: they may be a name."""
        return [word for word in words if not self._is_word(word)]

    def _is_word(self, word: str) -> bool:
        bare = word.removesuffix("'s").removesuffix("'")
        terms = extract_terms(bare)
        if not terms or bare in self.lexicon.words or bare in self.index.words:
            return True
        return any(map(self.knows_word, terms)) or self.index.knows_stem(terms[0])


def build_parser(index: NameIndex, knows_word: KnowsWord, today: date) -> ClauseParser:
    return ClauseParser(index, knows_word, today, load_lexicon())


def _mask_names(words: Sequence[str], mentions: Sequence[Mention]) -> list[str]:
    """The words with a placeholder for each name."""
    masked, at = [], 0
    for mention in mentions:
        masked += [*words[at : mention.start], f"{mention.name.kind.value}name"]
        at = mention.end
    return [*masked, *words[at:]]


def _find_structure(
    names: Sequence[Name], masked: Sequence[str], number: int | None, period: Period | None
) -> frozenset[str]:
    """The cues that aren't words."""
    kinds = {name.kind for name in names}
    cues = {kind.value for kind in kinds} | {f"{kind.value}name" for kind in kinds}
    rest = [word for word in masked if word not in _POLITE and not word.endswith("name")]
    tests = {
        "subject": not kinds.isdisjoint(_SUBJECTS),
        "thing": not kinds.isdisjoint(_THINGS),
        "number": number is not None,
        "period": period is not None,
        "bare": bool(kinds) and not rest,
        "only": len(masked) <= 3 and len(rest) <= 2,
    }
    return frozenset(cues | {name for name, holds in tests.items() if holds})


def _read_number(clause: str) -> int | None:
    found = _NUMBER.search(clause)
    return int(found[1] or found[2]) if found else None
