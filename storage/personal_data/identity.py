"""A person as texts name them, and how to put a pseudonym in their place."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from foundation.people import find_erased_name, make_erased_id

_SHORTEST_PART = 3  # letters of a first or last name that is worth looking for
_CODED = ("value", "block_id", "action_id", "private_metadata", "callback_id")  # fields that only the bot reads
_PRESELECTED = ("initial_user", "initial_users")


@dataclass(frozen=True)
class Identity:
    """Somebody's id and name; the name is empty if nobody knows it. `number` is that of the pseudonym."""

    person: str
    name: str
    number: int

    @cached_property
    def pseudonym(self) -> str:
        """What stands for the id."""
        return make_erased_id(self.number)

    @cached_property
    def pseudonym_name(self) -> str:
        """What stands for the name."""
        return find_erased_name(self.pseudonym) or self.pseudonym

    def list_patterns(self) -> list[str]:
        """What a text has to contain to be about them, perhaps. JSON may spell letters in another way."""
        words = [self.person, *self._parts] if self.name else [self.person]
        return list(dict.fromkeys([*words, *(json.dumps(word)[1:-1] for word in words)]))

    def is_named_in(self, value: Any) -> bool:
        """Whether a text, or a text in JSON, has their id or full name."""
        return any(self._exact.search(text) for text in iterate_texts(value))

    def may_be_named_in(self, value: Any) -> bool:
        """The same, with a part of the name being enough."""
        return self.is_named_in(value) or any(
            self._possible.search(text) for text in iterate_texts(value) if self._parts
        )

    def replace_id(self, text: str) -> str:
        """For what programs read."""
        return self._id.sub(self.pseudonym, text)

    def replace_words(self, text: str) -> str:
        """For what people read."""
        return self._exact.sub(self.pseudonym_name, self._mention.sub(self.pseudonym_name, text))

    def replace_person(self, value: Any) -> Any:
        """For a value that is an id, or something else as a whole."""
        return self.pseudonym if value == self.person else value

    def replace_message(self, value: Any, field: str = "") -> Any:
        """For what the bot itself wrote: a message with its blocks, or other JSON."""
        if isinstance(value, list):
            return [self.replace_message(one, field) for one in value]
        if isinstance(value, dict):
            style = {name: one for name, one in value.items() if name == "style"}
            if value == {"type": "user", "user_id": self.person} | style:  # a mention in rich text
                return {"type": "text", "text": self.pseudonym_name} | style
            kept = {key: one for key, one in value.items() if key not in _PRESELECTED or not self.is_named_in(one)}
            return {self.replace_id(key): self.replace_message(one, key) for key, one in kept.items()}
        if not isinstance(value, str):
            return value
        return self.replace_id(value) if value == self.person or field in _CODED else self.replace_words(value)

    def replace_record(self, value: Any, replace_text: Callable[[str], str]) -> Any:
        """For JSON of a record: values that are their id, and texts by `replace_text`."""
        if isinstance(value, list):
            return [self.replace_record(one, replace_text) for one in value]
        if isinstance(value, Mapping):
            return {key: self.replace_record(one, replace_text) for key, one in value.items()}
        if not isinstance(value, str):
            return value
        return self.pseudonym if value == self.person else replace_text(value)

    @cached_property
    def _id(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![A-Z0-9]){self.person}(?![A-Z0-9])")

    @cached_property
    def _mention(self) -> re.Pattern[str]:
        return re.compile(rf"<@{self.person}(\|[^>]*)?>")

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        words = r"\s+".join(map(re.escape, self.name.split()))
        named = rf"|(?<!\w)(?i:{words})(?!\w)" if words else ""
        return re.compile(self._id.pattern + named)

    @cached_property
    def _parts(self) -> list[str]:
        return [part for part in self.name.split() if len(part) >= _SHORTEST_PART]

    @cached_property
    def _possible(self) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, self._parts))})(?!\w)")


def iterate_texts(value: Any) -> Any:
    """Every text in JSON, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield str(key)
            yield from iterate_texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from iterate_texts(one)
