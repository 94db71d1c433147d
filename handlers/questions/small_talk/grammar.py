"""Small talk, recognised by a small grammar: a message is small talk if phrases and fillers cover all its words.

So a real question is never taken for small talk, however it begins: “thanks, and who approves it?” has words that no
phrase covers. The phrases and the words are data, in a file for each language.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from foundation.files import Strict, read_yaml
from handlers.questions.small_talk.kinds import SmallTalk, SmallTalkKind, Tone
from handlers.questions.small_talk.words import WORD, correct_word, split_message
from knowledge.languages.detection import detect_language

FOLDER = Path(__file__).parent
MOST_WORDS = 20
LONGEST_PHRASE = 9  # words


class LanguageFile(Strict):
    words: dict[str, tuple[str, ...]]
    fillers: tuple[str, ...]
    adverbs: tuple[str, ...]
    casual: tuple[str, ...]
    phrases: dict[SmallTalkKind, tuple[str, ...]]
    replies: dict[SmallTalkKind, dict[Tone, str]]


@dataclass(frozen=True)
class Grammar:
    """One language, compiled. The patterns match words that are each followed by a space."""

    language: str
    phrases: Sequence[tuple[SmallTalkKind, re.Pattern[str]]]
    filler: re.Pattern[str]
    adverbs: frozenset[str]
    casual: frozenset[str]
    vocabulary: frozenset[str]
    replies: Mapping[SmallTalkKind, Mapping[Tone, str]]


def find_small_talk(text: str, is_known: Callable[[str], bool] = lambda _: False) -> SmallTalk | None:
    """The small talk that the message consists of; None if it says anything else.

    `is_known` says which words mean something elsewhere and so aren't misspelt.
    """
    words, emoji = split_message(text)
    if not words:
        return SmallTalk(_choose_kind(emoji), Tone.CASUAL if emoji else Tone.PLAIN) if text.strip() else _NOTHING
    if len(words) > MOST_WORDS:
        return None
    language = detect_language(text)
    for grammar in sorted(load_grammars(), key=lambda one: one.language != language):
        if kinds := _read_words(words, grammar, is_known):
            is_casual = bool(emoji) or not grammar.casual.isdisjoint(words)
            return SmallTalk(_choose_kind([*kinds, *emoji]), Tone.CASUAL if is_casual else Tone.PLAIN, grammar.language)
    return None


@lru_cache(maxsize=1)
def load_grammars() -> tuple[Grammar, ...]:
    """Every language, English first."""
    files = sorted(FOLDER.glob("??.yaml"), key=lambda path: (path.stem != "en", path.stem))
    return tuple(_compile_grammar(path.stem, read_yaml(path, LanguageFile)) for path in files)


_NOTHING = SmallTalk(SmallTalkKind.CAPABILITIES)


def _choose_kind(kinds: Sequence[SmallTalkKind]) -> SmallTalkKind:
    return min(kinds, key=list(SmallTalkKind).index, default=SmallTalkKind.UNCLEAR)


def _read_words(words: Sequence[str], grammar: Grammar, is_known: Callable[[str], bool]) -> tuple[SmallTalkKind, ...]:
    """What the words say, with their adverbs or without; empty if that isn't small talk."""
    meant: list[str] = []
    for word in words:
        corrected = correct_word(word, grammar.vocabulary, is_known)
        if corrected is None:
            return ()
        meant.append(corrected)
    return _cover_words(meant, grammar) or _cover_words([one for one in meant if one not in grammar.adverbs], grammar)


def _cover_words(words: Sequence[str], grammar: Grammar) -> tuple[SmallTalkKind, ...]:
    """What the phrases say that cover the words, as few as possible; empty if they can't."""
    line = "".join(f"{word} " for word in words)
    bounds = [0, *(found.end() for found in re.finditer(" ", line))]
    best: dict[int, tuple[SmallTalkKind, ...]] = {0: ()}
    for place, start in enumerate(bounds):
        for end in bounds[place + 1 : place + 1 + LONGEST_PHRASE] if start in best else ():
            for kinds in _match_part(line, start, end, grammar):
                said = best[start] + kinds
                if end not in best or (not said, len(said)) < (not best[end], len(best[end])):
                    best[end] = said
    return best.get(len(line), ())


def _match_part(line: str, start: int, end: int, grammar: Grammar) -> Iterator[tuple[SmallTalkKind, ...]]:
    """What a part of the line says; nothing if it is a filler."""
    if grammar.filler.fullmatch(line, start, end):
        yield ()
    if found := next((kind for kind, pattern in grammar.phrases if pattern.fullmatch(line, start, end)), None):
        yield (found,)


def _compile_grammar(language: str, file: LanguageFile) -> Grammar:
    phrases = [(kind, _compile_phrase(one, file.words)) for kind, listed in file.phrases.items() for one in listed]
    texts = [*file.fillers, *(one for listed in file.words.values() for one in listed)]
    texts += [re.sub(r"\{\w+\}", " ", one) for listed in file.phrases.values() for one in listed]
    return Grammar(
        language,
        phrases,
        re.compile(_compile_choice(file.fillers)),
        frozenset(file.adverbs),
        frozenset(file.casual),
        frozenset(WORD.findall(" ".join(texts))),
        file.replies,
    )


def _compile_phrase(phrase: str, words: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """“{good} (answer|job)?” as a pattern over words that are each followed by a space."""
    return re.compile("".join(_compile_part(part, words) for part in _split_phrase(phrase)))


_PART = re.compile(r"\{\w+\}\??|[^\s(){}|?]+\??|[()|]|\)\?|\?")


def _split_phrase(phrase: str) -> list[str]:
    return _PART.findall(phrase.replace(")?", ") ?"))


def _compile_part(part: str, words: Mapping[str, Sequence[str]]) -> str:
    if part in ("|", ")", "?"):
        return part
    if part == "(":
        return "(?:"
    bare, mark = part.removesuffix("?"), "?" if part.endswith("?") else ""
    return f"{_compile_choice(words[bare[1:-1]]) if bare.startswith('{') else f'(?:{re.escape(bare)} )'}{mark}"


def _compile_choice(texts: Sequence[str]) -> str:
    """Any of the texts, the longest first."""
    ordered = sorted(texts, key=len, reverse=True)
    return f"(?:{'|'.join(re.escape(' '.join(WORD.findall(text))) + ' ' for text in ordered)})"
