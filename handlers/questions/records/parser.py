"""What a question asks for: which record, of what, in which state, and when."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from foundation.record_kinds import RecordKind
from handlers.questions.records.clauses import normalise_words
from handlers.questions.records.lexicon import METHOD, STATES, Lexicon, load_lexicon
from handlers.questions.records.names import KnowsWord, Mention, Name, NameIndex, NameKind, find_intended_word
from handlers.questions.records.nearest import find_nearest_record
from handlers.questions.records.periods import TIME_WORDS, Period, find_period
from handlers.questions.records.question import SUBJECT_NAMES, THING_NAMES, RecordQuestion
from handlers.questions.records.unknown_names import find_unknown_name
from knowledge.embedding import Encoder
from knowledge.terms import extract_terms

_NUMBER = re.compile(
    r"\b(?:pmo|request|ticket)(?: (?:no\.?|number|nr\.?))?\s*[- #]\s*(\d{1,9})\b|(?<!\w)#(\d{1,9})\b", re.I
)
_PRONOUN = re.compile(
    r"\b(it|its|it's|they|their|them|that (?:one|project|objective|metric)|this (?:one|project|objective))\b"
)
# What is asked of days gone by: “in October” is then the last one, not the next.
_PAST = frozenset({RecordKind.CHANGES, RecordKind.STORIES})
_CONTINUED = re.compile(r"(?:and|but|or|what about|how about|only|just)\b", re.IGNORECASE)
# Of each group, what is said now replaces what was said before.
_INSTEAD = (STATES, frozenset({"projects", "objectives", "plural_projects", "plural_objectives"}))
# What somebody may ask of a name that isn't known.
_NAMEABLE = frozenset(
    {
        RecordKind.STATUS,
        RecordKind.RESPONSIBLE,
        RecordKind.OWNED,
        RecordKind.BUDGET,
        RecordKind.MILESTONES,
        RecordKind.ALIGNMENT,
        RecordKind.ABSENCE,
    }
)
_POLITE = frozenset(
    [
        "please",
        "the",
        "a",
        "an",
        "our",
        "is",
        "are",
        "what",
        "how",
        "about",
        "and",
        "so",
        "of",
        "on",
        "for",
        "project",
        "objective",
        "hi",
        "hey",
        "now",
    ]
)


@dataclass(frozen=True, slots=True)
class ClauseParser:
    """Reads questions against the names of one reader. `knows_word` knows the words of the handbook, as stems;
    `company_words` are those of the organisation's name."""

    index: NameIndex
    knows_word: KnowsWord
    today: date
    lexicon: Lexicon
    company_words: frozenset[str] = frozenset()

    def parse_clause(self, clause: str, context: RecordQuestion | None = None) -> RecordQuestion | None:
        """What the clause most likely asks for; None if it isn't for records."""
        return next(self.list_readings(clause, context), None)

    def list_readings(self, clause: str, context: RecordQuestion | None = None) -> Iterator[RecordQuestion]:
        """What the clause may ask for, the likeliest first. `context` is the question before."""
        read = self._read_clause(clause, context)
        if "weak" in read.cues:
            yield from self._list_weak_readings(read)
            read = self._read_clause(clause, context, with_weak=False)
        if context and _is_about_another(read):
            yield _ask_same(read, context)
        for kind in dict.fromkeys(self.lexicon.list_fitting(read.cues)):
            yield self._set_kind(read, kind)
        if context and "plain" in read.cues and _CONTINUED.match(clause):
            yield _ask_same(read, context)

    def read_by_meaning(self, clause: str, encoder: Encoder) -> RecordQuestion | None:
        """What the clause asks for by its meaning, if that is near to a kind of record."""
        read = self._read_clause(clause, with_weak=False)
        kind = None if read.cues & {METHOD, "general"} else find_nearest_record(read, encoder)
        return replace(read, kind=kind) if kind else None

    def read_as(self, clause: str, kind: RecordKind, context: RecordQuestion | None = None) -> RecordQuestion:
        """The clause as a question for this kind of record."""
        return self._set_kind(self._read_clause(clause, context, with_weak=False), kind)

    def read_unknown_name(self, clause: str) -> RecordQuestion | None:
        """The clause as a question for a record of something that no name is known of."""
        words = self._correct_words(normalise_words(clause))
        unknown = find_unknown_name(clause, words, self._is_word)
        if unknown is None:
            return None
        masked = [*words[: unknown.start], unknown.placeholder, *words[unknown.end :]]
        cues = self.lexicon.find_cues(masked) | _list_name_cues(unknown.kind)
        if "general" in cues:
            return None
        if unknown.is_sure:
            cues |= {"named"}
        elif any(map(self._knows_in_grammar, words[unknown.start : unknown.end])):
            return None
        else:
            cues |= self._list_sureness_cues((), masked, ()) - {"plain"}
        fits = any(kind in _NAMEABLE for kind in self.lexicon.list_fitting(cues))
        return RecordQuestion(RecordKind.UNKNOWN_NAME, clause, cues=cues, unknown=unknown.typed) if fits else None

    def is_pointing(self, text: str) -> bool:
        """Whether it speaks of something without naming it: “who owns it?”."""
        return bool(_PRONOUN.search(text.casefold()))

    def _set_kind(self, read: RecordQuestion, kind: RecordKind) -> RecordQuestion:
        is_past = kind in _PAST or "reached" in read.cues
        return replace(read, kind=kind, period=find_period(read.masked, self.today, is_past=is_past))

    def _list_weak_readings(self, read: RecordQuestion) -> Iterator[RecordQuestion]:
        """“Is metering on track?”: with one common word of a name, only a question for its status, and for no more."""
        kind = next(self.lexicon.list_fitting(read.cues), None)
        if kind is RecordKind.STATUS and {"plain", "sure_status"} <= read.cues and not read.cues & {"general", "mine"}:
            yield read

    def _read_clause(
        self, clause: str, context: RecordQuestion | None = None, *, with_weak: bool = True
    ) -> RecordQuestion:
        """The names and cues of a clause; its kind isn't decided yet."""
        words = self._correct_words(normalise_words(clause))
        found = self.index.find_mentions(words, self.knows_word)
        mentions = tuple(mention for mention in found if with_weak or not mention.is_weak)
        names, masked = tuple(mention.name for mention in mentions), _mask_names(words, mentions)
        if context and context.names and not names:
            names, masked = context.names, _mask_pronouns(masked, context.names[0])
        numbers, text = _read_numbers(clause), " ".join(masked)
        period = find_period(text, self.today, is_past=True)
        cues = self.lexicon.find_cues(masked) | _find_structure(names, masked, numbers, period)
        cues |= self._list_sureness_cues(mentions, masked, numbers)
        cues |= {"weak"} if any(mention.is_weak for mention in mentions) else set()
        cues |= {f"named {cue}" for name in names for cue in self.lexicon.find_cues(normalise_words(name.title))}
        return RecordQuestion(RecordKind.STATUS, clause, names, cues, period, numbers, masked=text)

    def _list_sureness_cues(
        self, mentions: Sequence[Mention], masked: Sequence[str], numbers: Sequence[int]
    ) -> set[str]:
        """`named`: it surely names a record. `plain`: the grammar knows all its words, so it speaks of nothing else;
        `mostly plain`: two thirds of them."""
        telling = [word for word in masked if extract_terms(word) or word.endswith("name")]
        unknown = sum(not self._knows_in_grammar(word) for word in telling)
        tests = {
            "named": bool(numbers) or any(mention.is_sure for mention in mentions),
            "plain": unknown == 0,
            "mostly plain": unknown * 3 <= len(telling),
        }
        return {name for name, holds in tests.items() if holds}

    def _knows_in_grammar(self, word: str) -> bool:
        is_name = word.endswith("name") or word.removesuffix("'s") in self.company_words
        return is_name or word[0].isdigit() or word in TIME_WORDS or self.lexicon.knows_word(word)

    def _correct_words(self, words: Sequence[str]) -> list[str]:
        """The words, with those that neither people nor the handbook use corrected to one that the grammar knows."""
        known = self.lexicon.words | self.index.words
        return [word if self._is_word(word) else find_intended_word(word, known) for word in words]

    def _is_word(self, word: str) -> bool:
        bare = word.removesuffix("'s").removesuffix("'")
        terms = extract_terms(bare)
        if not terms or bare in self.lexicon.words or bare in self.index.words:
            return True
        return any(map(self.knows_word, terms)) or self.index.knows_stem(terms[0])


def build_parser(index: NameIndex, knows_word: KnowsWord, today: date, company: str = "") -> ClauseParser:
    return ClauseParser(index, knows_word, today, load_lexicon(), frozenset(normalise_words(company)))


def _mask_names(words: Sequence[str], mentions: Sequence[Mention]) -> list[str]:
    """The words with a placeholder for each name."""
    masked, at = [], 0
    for mention in mentions:
        masked += [*words[at : mention.start], f"{mention.name.kind.value}name"]
        at = mention.end
    return [*masked, *words[at:]]


def _find_structure(
    names: Sequence[Name], masked: Sequence[str], numbers: Sequence[int], period: Period | None
) -> frozenset[str]:
    """The cues that aren't words."""
    kinds = {name.kind for name in names}
    cues = {cue for kind in kinds for cue in _list_name_cues(kind)}
    rest = [word for word in masked if word not in _POLITE and not word.endswith("name")]
    tests = {
        "number": bool(numbers),
        "period": period is not None,
        "bare": bool(kinds) and not rest,
        "only": len(masked) <= 3 and len(rest) <= 2,
    }
    return frozenset(cues | {name for name, holds in tests.items() if holds})


def _list_name_cues(kind: NameKind) -> frozenset[str]:
    cues = {kind.value, f"{kind.value}name"}
    return frozenset(
        cues | ({"subject"} if kind in SUBJECT_NAMES else set()) | ({"thing"} if kind in THING_NAMES else set())
    )


def _mask_pronouns(words: Sequence[str], name: Name) -> list[str]:
    """The words with a placeholder instead of “it”; at the end if nothing stands for the name."""
    masked = [f"{name.kind.value}name" if _PRONOUN.fullmatch(word) else word for word in words]
    return masked if masked != list(words) else [*masked, f"{name.kind.value}name"]


def _ask_same(read: RecordQuestion, context: RecordQuestion) -> RecordQuestion:
    """The question before, with what this one says instead: another name, state, kind or time."""
    said = [group for group in _INSTEAD if not group.isdisjoint(read.cues)]
    before = context.cues.difference(*said) if said else context.cues
    names, period = read.names or context.names, read.period or context.period
    return replace(read, kind=context.kind, names=names, cues=read.cues | before, period=period)


def _is_about_another(read: RecordQuestion) -> bool:
    """Whether it only names something else, and so asks the same of it: “and Storm overflows?”."""
    return "bare" in read.cues and bool(read.names)


def _read_numbers(clause: str) -> tuple[int, ...]:
    found = _NUMBER.findall(clause)
    return tuple(dict.fromkeys(int(one or other) for one, other in found))
