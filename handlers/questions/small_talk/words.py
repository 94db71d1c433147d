"""A message's words and emoji, as small talk reads them."""

import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

from foundation.files import Strict, read_yaml
from handlers.questions.small_talk.kinds import SmallTalkKind

EMOJI = Path(__file__).parent / "emoji.yaml"
SHORTEST_MISSPELT = 5  # letters; a shorter word is too easily another one

_EMOJI_NAME = re.compile(r":([a-z0-9_+'-]+):(?::skin-tone-\d:)?", re.IGNORECASE)
_EMOJI_SIGN = re.compile(
    "([\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\u203c\u2049])[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d[^ ]\ufe0f?)*"
)
WORD = re.compile(r"[^\W_]+", re.UNICODE)
_LAUGH = re.compile(r"(?:[bm]?u?(?:ha|he|hi|ho|ja|xa)){2,}h?|x+d+|(?:lo)+l+|lmf?ao+|(?:rofl)+")
_SWORN = re.compile(r"\bf[*#@!$%u]{1,3}c?k?(?:ing)?(?!\w)(?<=[*#@!$%k])")
_STRETCHED = re.compile(r"(\w)\1{2,}")


class EmojiFile(Strict):
    greeting: tuple[str, ...]
    thanks: tuple[str, ...]
    praise: tuple[str, ...]
    acknowledgement: tuple[str, ...]
    criticism: tuple[str, ...]
    laughter: tuple[str, ...]
    unclear: tuple[str, ...]
    farewell: tuple[str, ...]


def split_message(text: str) -> tuple[list[str], list[SmallTalkKind]]:
    """The words in lower case, and what the emoji say."""
    kinds = load_emoji()
    found: list[SmallTalkKind] = []

    def take(match: re.Match[str]) -> str:
        found.append(kinds.get(match[match.lastindex or 0].casefold(), SmallTalkKind.ACKNOWLEDGEMENT))
        return " "

    rest = _EMOJI_SIGN.sub(take, _EMOJI_NAME.sub(take, text.replace("’", "'")))
    rest = _SWORN.sub("fuck ", rest)
    rest = _compile_emoticons().sub(take, rest)
    return WORD.findall(rest.casefold().replace("'", "")), found


@lru_cache(maxsize=1)
def load_emoji() -> Mapping[str, SmallTalkKind]:
    """What each emoji says, by its name, its character or the signs that people type."""
    listed = read_yaml(EMOJI, EmojiFile).model_dump()
    return {sign.casefold(): SmallTalkKind(kind) for kind, signs in listed.items() for sign in signs}


@lru_cache(maxsize=1)
def _compile_emoticons() -> re.Pattern[str]:
    signs = [sign for sign in load_emoji() if not WORD.search(sign.replace("d", "").replace("p", ""))]
    typed = sorted((sign for sign in signs if len(sign) > 1), key=len, reverse=True)
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, typed))})(?!\S)", re.IGNORECASE)


def correct_word(word: str, vocabulary: Collection[str], is_known: Callable[[str], bool]) -> str | None:
    """The word of the vocabulary that was meant: without stretched letters, with one mistake corrected."""
    if word in vocabulary:
        return word
    if _LAUGH.fullmatch(word):
        return "haha"
    for shorter in (_STRETCHED.sub(r"\1\1", word), _STRETCHED.sub(r"\1", word)):
        if shorter in vocabulary:
            return shorter
    if len(word) < SHORTEST_MISSPELT or is_known(word):
        return None
    close = (one for one in vocabulary if len(one) >= SHORTEST_MISSPELT and _is_misspelt(word, one))
    return min(close, default=None)


def _is_misspelt(word: str, known: str) -> bool:
    return word[0] == known[0] and OSA.distance(word, known, score_cutoff=1) <= 1
