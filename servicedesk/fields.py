"""The fields of a request form, as the catalogue file defines them."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field as Limits
from pydantic import StringConstraints, field_validator

from foundation.files import Strict, match_pattern

Key = Annotated[
    str,
    match_pattern("[a-z][a-z0-9_]{0,39}", "Use at most 40 lowercase letters, digits and “_”, starting with a letter."),
]
Label = Annotated[str, StringConstraints(min_length=1, max_length=60)]
OptionLabel = Annotated[str, StringConstraints(min_length=1, max_length=75)]
Hint = Annotated[str, StringConstraints(min_length=1, max_length=150)]
MAX_OPTIONS = 100


class FieldKind(StrEnum):
    """What people enter in a field, and so which input the form shows."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    DATE = "date"
    NUMBER = "number"
    PERSON = "person"
    PEOPLE = "people"
    URL = "url"
    URLS = "urls"  # several links, one per line
    YES_NO = "yes_no"
    PROJECT = "project"  # looked up among the organisation's projects; “not listed” is allowed
    OBJECTIVE = "objective"  # looked up among the objectives of the strategy


CHOICE_KINDS = {FieldKind.CHOICE, FieldKind.MULTI_CHOICE}
TEXT_KINDS = {FieldKind.TEXT, FieldKind.LONG_TEXT}


class Field(Strict):
    """One input of a form. `options` maps the stored value to the text shown."""

    key: Key
    label: Label
    kind: FieldKind
    required: bool = False
    hint: Hint | None = None
    placeholder: Hint | None = None
    options: dict[Key, OptionLabel] = Limits(default_factory=dict)
    min: float | None = None
    max: float | None = None
    decimals: bool = False  # whether a number may have a fraction; most forms count people and things
    max_length: int | None = Limits(default=None, ge=1, le=3000)
    rule: Literal["not_past"] | None = None
    after: Key | None = None  # the key of another date that this one may not precede

    @field_validator("options")
    @classmethod
    def _few_enough(cls, options: dict[str, str]) -> dict[str, str]:
        if len(options) > MAX_OPTIONS:
            raise ValueError(f"A choice can have at most {MAX_OPTIONS} options.")
        return options

    def find_problem(self) -> str | None:
        """What is inconsistent within the field, as a sentence."""
        if self.kind in CHOICE_KINDS and not self.options:
            return "A choice needs options."
        if self.options and self.kind not in CHOICE_KINDS:
            return "Only a choice can have options."
        if (self.rule or self.after) and self.kind is not FieldKind.DATE:
            return "Only a date can have “rule” or “after”."
        if self.max_length and self.kind not in TEXT_KINDS:
            return "Only text can have “max_length”."
        if (self.min is not None or self.max is not None) and self.kind is not FieldKind.NUMBER:
            return "Only a number can have “min” and “max”."
        if self.decimals and self.kind is not FieldKind.NUMBER:
            return "Only a number can have “decimals”."
        if self.min is not None and self.max is not None and self.min > self.max:
            return "“min” is greater than “max”."
        return None
