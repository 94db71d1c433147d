"""What a project management handbook doesn't cover: other departments, individual projects, the rest of the world."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import RootModel
from ruamel.yaml import YAML

from foundation.files import Strict
from knowledge.terms import extract_terms

FILE = Path(__file__).with_name("out_of_scope.yaml")


@dataclass(frozen=True, slots=True)
class OutOfScopeTopic:
    """A topic of others. `refer_to` says whom to ask; it is empty if nobody in the organisation would know."""

    text: str
    refer_to: str
    stems: frozenset[str]


class _Group(Strict):
    refer_to: str = ""
    topics: tuple[str, ...]


@cache
def load_topics() -> tuple[OutOfScopeTopic, ...]:
    text = FILE.read_text(encoding="utf-8")
    groups = RootModel[tuple[_Group, ...]].model_validate(YAML(typ="safe").load(text)).root
    return tuple(_build_topic(group, topic) for group in groups for topic in group.topics)


def _build_topic(group: _Group, text: str) -> OutOfScopeTopic:
    return OutOfScopeTopic(text, group.refer_to, frozenset(extract_terms(text)))
