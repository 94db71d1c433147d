"""The names in a question: of objectives, projects, metrics, milestones, people, services and digests.

Names are known from the data that the asker may see, so nothing hidden is ever found or suggested.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from rapidfuzz.distance import OSA

from knowledge.terms import extract_terms, stem_word

GAP = 3  # words that may be between two words of a name
LIKE = 0.55  # how alike a name must be to be suggested
SURE_COVERAGE = 0.5  # the share of a name's words that is enough if all of them are common
_DETERMINERS = frozenset(
    [
        "all",
        "any",
        "each",
        "every",
        "last",
        "new",
        "next",
        "no",
        "one",
        "other",
        "our",
        "same",
        "small",
        "some",
        "this",
        "two",
        "which",
    ]
)
KnowsWord = Callable[[str], bool]


class NameKind(StrEnum):
    OBJECTIVE = "objective"
    PROJECT = "project"
    METRIC = "metric"
    MILESTONE = "milestone"
    PERSON = "person"
    SERVICE = "service"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Name:
    """`aliases` are other words that people call it by."""

    kind: NameKind
    key: str
    title: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at the words `start` to `end` of a question. `others` could be meant by the same words.

    `is_weak`: there is one common word of the name only, so the rest of the question must leave no doubt. `is_sure`:
    a word of it is used nowhere else, or the whole name stands there.
    """

    name: Name
    start: int
    end: int
    is_weak: bool
    others: tuple[Name, ...] = ()
    is_sure: bool = True


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity: there may be thousands
class _Alias:
    name: Name
    stems: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Match:
    alias: _Alias
    places: tuple[int, ...]
    is_kind_said: bool  # “project”, “objective” … stands beside it
    rank: tuple[float, ...]


class NameIndex:
    """Finds names by their words, in any order. Immutable after it was built."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.names = tuple(names)
        self._by_stem: dict[str, list[_Alias]] = {}
        self.words: set[str] = set()
        for name in self.names:
            for alias in [_build_alias(name, text) for text in (name.title, *name.aliases)]:
                self.words |= alias.words
                for stem in alias.stems:
                    self._by_stem.setdefault(stem, []).append(alias)

    def find_mentions(self, words: Sequence[str], knows_word: KnowsWord) -> tuple[Mention, ...]:
        """The names in the words, the best for each place; `knows_word` says which words are common."""
        candidates = list(self._find_candidates(words))
        groups = {places for _, places in candidates}
        counts = {places: len({stem_name_word(words[place]) for place in places}) for places in groups}
        found: list[Mention] = []
        taken: set[int] = set()
        # More words of the question win over anything else. A thousand projects may share a word; once a name with more
        # of the words is found there, none of them needs to be ranked.
        for count in sorted(set(counts.values()), reverse=True):
            free = [one for one in candidates if counts[one[1]] == count and taken.isdisjoint(one[1])]
            matches = sorted((_rank_match(*one, words) for one in free), key=lambda one: one.rank, reverse=True)
            for match in matches:
                if taken.isdisjoint(match.places) and (
                    mention := self._build_mention(match, matches, words, knows_word)
                ):
                    found.append(mention)
                    taken.update(match.places)
        return tuple(sorted(found, key=lambda one: one.start))

    def knows_stem(self, stem: str) -> bool:
        """Whether a name has a word with this stem."""
        return stem in self._by_stem

    def find_nearest(self, typed: str, limit: int = 3) -> list[Name]:
        """The names most like what was typed, best first."""
        words = extract_terms(typed)
        near = [(_compare_words(words, extract_terms(name.title)), place) for place, name in enumerate(self.names)]
        ranked = sorted(near, key=lambda pair: (-pair[0], pair[1]))
        return [self.names[place] for likeness, place in ranked[:limit] if likeness >= LIKE]

    def _find_candidates(self, words: Sequence[str]) -> Iterator[tuple[_Alias, tuple[int, ...]]]:
        """Names with the places of their words that are near each other."""
        places: dict[_Alias, list[int]] = {}
        for place, word in enumerate(words):
            for alias in self._by_stem.get(stem_name_word(word), ()):
                places.setdefault(alias, []).append(place)
        for alias, found in places.items():
            for group in _group_places(found):
                yield alias, group

    def _build_mention(
        self, match: _Match, matches: Sequence[_Match], words: Sequence[str], knows_word: KnowsWord
    ) -> Mention | None:
        alias = match.alias
        stems = {stem_name_word(words[place]) for place in match.places}
        own = [stem for stem in stems if not knows_word(stem)]
        coverage = len(stems) / len(alias.stems)
        is_enough = own or match.is_kind_said or (coverage == 1 if len(stems) == 1 else coverage >= SURE_COVERAGE)
        if not is_enough and (len(stems) > 1 or alias.name.kind is NameKind.PERSON):
            return None
        same = [one for one in matches if one.places == match.places and one.alias.name != alias.name]
        others = tuple(dict.fromkeys(one.alias.name for one in same))
        is_sure = bool(own) or coverage == 1
        return Mention(alias.name, match.places[0], match.places[-1] + 1, not is_enough, others, is_sure)


def find_intended_word(word: str, known: Iterable[str]) -> str:
    """The known word that this one misspells: one slip in a short word, two in a long one; else the word itself."""
    if len(word) < 4 or not word.isalpha():
        return word
    most = 1 if len(word) < 8 else 2
    far = most + 1  # what the distance is for any word further away
    distances = ((OSA.distance(word, other, score_cutoff=most), other) for other in known if len(other) >= 4)
    near = [(distance, sorted(other) != sorted(word), other) for distance, other in distances if distance < far]
    return min(near)[-1] if near else word  # of several, one with the same letters is likelier


def stem_name_word(word: str) -> str:
    """The stem by which words of names and of questions are compared; thousands without their comma."""
    return stem_word(word.replace(",", "") if word[0].isdigit() else word)


def _build_alias(name: Name, text: str) -> _Alias:
    words = [word for word in re.findall(r"[^\W_]+(?:[,.'][^\W_]+)*", text.casefold()) if extract_terms(word)]
    # “project” or “digest” says what it is and not which one it is, unless nothing else does.
    telling = [word for word in words if stem_word(word) != stem_word(name.kind.value)] or words
    return _Alias(name, frozenset(map(stem_name_word, telling)), frozenset(telling))


def _group_places(places: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Places near each other belong together."""
    group = [places[0]]
    for before, place in pairwise(places):
        if place - before > GAP:
            yield tuple(group)
            group = []
        group.append(place)
    yield tuple(group)


def _rank_match(alias: _Alias, places: tuple[int, ...], words: Sequence[str]) -> _Match:
    """More words of the question win, then words as they are written, then a larger share of the name."""
    stems = {stem_name_word(words[place]) for place in places}
    exact = sum(_is_written(words[place], alias) for place in places)
    before, after = places[0] - 1, places[-1] + 1
    # “Project manager” and “project management” don't name the project “Pressure management”, nor does “every project”
    # name “One desk for every call”.
    is_telling = words[places[-1]] not in _DETERMINERS and _is_written(words[places[-1]], alias)
    said = is_telling and (
        words[after : after + 1] == [alias.name.kind.value]
        or (len(stems) > 1 and before >= 0 and words[before] == alias.name.kind.value)
    )
    return _Match(alias, places, said, (len(stems), said, exact, len(stems) / len(alias.stems)))


def _is_written(word: str, alias: _Alias) -> bool:
    """Whether the word itself is in the name, and not another one with its stem."""
    return word.removesuffix("'s") in alias.words


def _compare_words(typed: Sequence[str], title: Sequence[str]) -> float:
    """How much of the typed words is nearly in the title, 0–1."""
    near = [max((OSA.normalized_similarity(word, one) for one in title), default=0.0) for word in typed]
    return sum(near) / len(near) if near else 0.0
