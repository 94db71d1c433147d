"""Small talk recognised by its meaning, where a search model is installed and the grammar doesn't cover the words."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from foundation.files import Strict, read_yaml
from handlers.questions.small_talk.kinds import SmallTalk, SmallTalkKind
from handlers.questions.small_talk.words import split_message
from knowledge.embedding import Encoder, Vectors
from knowledge.library import Library

FILE = Path(__file__).with_name("prototypes.yaml")
MOST_WORDS = 12
THRESHOLD = 0.52  # cosine; set by hand and not fitted to messages
MARGIN = 0.1  # by which a prototype must be nearer than the handbook; set by hand, too


class PrototypesFile(Strict):
    sentences: dict[SmallTalkKind, tuple[str, ...]]


def find_nearest_small_talk(text: str, library: Library) -> SmallTalk | None:
    """The small talk that the message is near to; None without a model, or if the handbook is about as near."""
    words, _ = split_message(text)
    if library.encoder is None or not 0 < len(words) <= MOST_WORDS:
        return None
    kinds, vectors = _encode_prototypes(library.encoder)
    cosines = vectors @ library.encoder.encode([text])[0]
    nearest = int(cosines.argmax())
    is_near = cosines[nearest] >= THRESHOLD and cosines[nearest] >= _find_handbook_cosine(text, library) + MARGIN
    return SmallTalk(kinds[nearest]) if is_near else None


def _find_handbook_cosine(text: str, library: Library) -> float:
    return max((hit.cosine or 0.0 for hit in library.search(text)), default=0.0)


@lru_cache(maxsize=2)
def _encode_prototypes(encoder: Encoder) -> tuple[Sequence[SmallTalkKind], Vectors]:
    """The kind of each prototype, and its vector."""
    pairs = [(kind, text) for kind, texts in read_yaml(FILE, PrototypesFile).sentences.items() for text in texts]
    return [kind for kind, _ in pairs], np.asarray(encoder.encode([text for _, text in pairs]))
