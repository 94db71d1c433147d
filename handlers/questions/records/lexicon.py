"""The words of the grammar (grammar.yaml): what a question can show, and which record it then asks for."""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from foundation.files import Strict, read_yaml
from foundation.record_kinds import RecordKind

FILE = Path(__file__).with_name("grammar.yaml")
METHOD = "method"
STATE = "state"  # any of the states
_PHRASE_WORD = re.compile(r"[a-z]{2,}(?:[-'][a-z]+)*(?![a-z*])")
_BEGINNING = re.compile(r"\b([a-z]{3,})\*")
STATES = frozenset({"red", "amber", "green", "troubled", "late"})
_SHORTHANDS = {
    "subjectname": "(?:project|objective)name",
    "thingname": "(?:project|objective|metric|milestone)name",
}


class _RuleEntry(Strict):
    record: RecordKind
    needs: tuple[str, ...]
    excluded: Annotated[tuple[str, ...], Field(alias="not")] = ()
    despite: str = ""


class _GrammarFile(Strict):
    cues: dict[str, tuple[str, ...]]
    rules: tuple[_RuleEntry, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A question with one cue of each set in `needs`, and none in `excluded`, asks for the record."""

    record: RecordKind
    needs: tuple[frozenset[str], ...]
    excluded: frozenset[str]

    def fits(self, cues: Set[str]) -> bool:
        return cues.isdisjoint(self.excluded) and not any(cues.isdisjoint(one) for one in self.needs)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`words` are those of the phrases, for the correction of spelling; `beginnings` begin other words."""

    cues: dict[str, re.Pattern[str]]
    rules: tuple[Rule, ...]
    words: frozenset[str]
    beginnings: tuple[str, ...] = ()

    def knows_word(self, word: str) -> bool:
        """Whether the word stands in a phrase."""
        return word in self.words or word.removesuffix("'s") in self.words or word.startswith(self.beginnings)

    def find_cues(self, words: Sequence[str]) -> frozenset[str]:
        """The cues that these words show."""
        text = " ".join(words)
        found = {name for name, pattern in self.cues.items() if pattern.search(text)}
        return frozenset(found | ({STATE} if not STATES.isdisjoint(found) else set()))

    def list_fitting(self, cues: Set[str]) -> Iterator[RecordKind]:
        """The records that a question with these cues may ask for, the likeliest first."""
        return (rule.record for rule in self.rules if rule.fits(cues))


@cache
def load_lexicon() -> Lexicon:
    file = read_yaml(FILE, _GrammarFile)
    phrases = [phrase for phrases in file.cues.values() for phrase in phrases]
    return Lexicon(
        {name: _compile_cue(phrases) for name, phrases in file.cues.items()},
        tuple(map(_build_rule, file.rules)),
        frozenset(word for phrase in phrases for word in _list_words(phrase)),
        tuple({beginning for phrase in phrases for beginning in _BEGINNING.findall(phrase)}),
    )


def _build_rule(entry: _RuleEntry) -> Rule:
    needs = tuple(frozenset(one.split("|")) for one in entry.needs)
    always = set() if entry.despite == METHOD else {METHOD}
    return Rule(entry.record, needs, frozenset({*entry.excluded, *always}))


def _compile_cue(phrases: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\S)(?:{_translate_phrase(phrase)})(?!\S)" for phrase in phrases))


def _translate_phrase(phrase: str) -> str:
    """The phrase as a regular expression over words with single spaces."""
    for short, names in _SHORTHANDS.items():
        phrase = phrase.replace(short, names)
    return re.sub(r"(?<=\w)\*", r"\\S*", phrase.replace(" .. ", r" (?:\S+ ){0,4}").removeprefix("^ "))


def _list_words(phrase: str) -> list[str]:
    return [word for word in _PHRASE_WORD.findall(phrase) if not word.endswith("name")]
