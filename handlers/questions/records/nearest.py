"""Which record a question asks for by its meaning, where the grammar doesn't know the words.

The question is compared with prototypes (prototypes.yaml) of every kind of record and of questions about the method. A
record must be near, and nearer than the method.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from foundation.files import Strict, read_yaml
from foundation.record_kinds import RecordKind
from handlers.questions.records.names import NameKind
from handlers.questions.records.question import SUBJECT_NAMES, THING_NAMES, RecordQuestion
from knowledge.embedding import Encoder, Vectors

FILE = Path(__file__).with_name("prototypes.yaml")
THRESHOLD = 0.62  # cosine; set by hand and not fitted to questions: high, as a wrong record is worse than none
MARGIN = 0.06  # by which a record must be nearer than the method; set by hand, too
_STAND_INS = {
    NameKind.PROJECT: "the water project",
    NameKind.OBJECTIVE: "the water objective",
    NameKind.METRIC: "the water metric",
    NameKind.MILESTONE: "the pipe milestone",
    NameKind.PERSON: "Robin",
    NameKind.SERVICE: "health check",
    NameKind.DIGEST: "digest",
}
# What a question must name to ask for the record.
_NEEDED = {
    RecordKind.STATUS: SUBJECT_NAMES,
    RecordKind.RESPONSIBLE: THING_NAMES,
    RecordKind.ALIGNMENT: THING_NAMES,
    RecordKind.METRIC: frozenset({NameKind.METRIC}),
}


class _Prototypes(Strict):
    method: tuple[str, ...]
    records: dict[RecordKind, tuple[str, ...]]


def find_nearest_record(question: RecordQuestion, encoder: Encoder) -> RecordKind | None:
    """The kind of record that a question is nearest to, if it is near enough."""
    kinds = {name.kind for name in question.names}
    labels, vectors = _encode_prototypes(encoder.name, _Hidden(encoder))
    cosines = vectors @ encoder.encode([_replace_placeholders(question.masked)])[0]
    best = {
        label: max(cosine for cosine, one in zip(cosines, labels, strict=True) if one == label) for label in set(labels)
    }
    method = best.pop(None)
    able = {
        kind: near
        for kind, near in best.items()
        if kind and not (_NEEDED.get(kind) and kinds.isdisjoint(_NEEDED[kind]))
    }
    nearest = max(able, key=lambda kind: able[kind])
    return nearest if able[nearest] >= max(THRESHOLD, float(method) + MARGIN) else None


@dataclass(frozen=True, slots=True)
class _Hidden:
    """Keeps the encoder out of the key of the cache: its name identifies the vectors."""

    encoder: Encoder = field(compare=False)


@lru_cache(maxsize=2)
def _encode_prototypes(_name: str, by: _Hidden) -> tuple[Sequence[RecordKind | None], Vectors]:
    """The kind of each prototype, None for the method, and its vector."""
    file = read_yaml(FILE, _Prototypes)
    pairs: list[tuple[RecordKind | None, str]] = [(None, text) for text in file.method]
    pairs += [(kind, _replace_placeholders(text)) for kind, texts in file.records.items() for text in texts]
    return [kind for kind, _ in pairs], np.asarray(by.encoder.encode([text for _, text in pairs]))


def _replace_placeholders(text: str) -> str:
    for kind, words in _STAND_INS.items():
        text = text.replace(f"{kind.value}name", words)
    return text
