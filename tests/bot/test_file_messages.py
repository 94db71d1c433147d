"""Whatever is wrong in a file of the organisation, its people read what to do, in words that aren't the program's."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.organisation import SAMPLE as ORGANISATION
from bot.organisation import OrganisationFile
from bot.sample_data import NEWS, NewsFile
from foundation.field_messages import remove_at, set_at
from foundation.files import BadFile, FileProblem, parse_yaml
from foundation.yaml_nodes import parse_yaml_nodes
from reporting import definitions
from servicedesk.catalogue import SHIPPED, Catalogue
from strategy.file_models import StrategyFile
from strategy.files import SAMPLE as STRATEGY
from strategy.files import parse_strategy

WORDS_OF_THE_PROGRAM = re.compile(
    r"[Tt]uple|[Dd]ictionar|\bdict\b|instance of|[Ii]nput|\bstr\b|[Ss]tring|\bint\b|integer|\bfloat\b|\bbool|decimal\."
    r"|token|mapping|sequence|scalar|None\b|null|an object|valid |pydantic|enum|validat|\bstream\b|block|<|Error"
    r"|[a-z]Entry|\[type|tagged",
)
FILES: dict[str, tuple[Path, type[BaseModel]]] = {
    "strategy": (STRATEGY, StrategyFile),
    "digests": (definitions.SAMPLE, definitions._DigestsFile),
    "organisation": (ORGANISATION, OrganisationFile),
    "catalogue": (SHIPPED, Catalogue),
    "news": (NEWS, NewsFile),
}
MORE = {"organisation": "absences:\n  - {person: U02BEN, from: 2026-12-21, to: 2027-01-03, delegate: U06FARAH}\n"}
WRONG = ("banana", "", "35%", 2026.10, -1, True, None, date(2026, 12, 31), [], ["x"], {"x": 1})


def shorten(value: Any) -> Any:
    """The same with at most two entries in a list, for speed."""
    if isinstance(value, dict):
        return {key: shorten(inner) for key, inner in value.items()}
    return [shorten(inner) for inner in value[:2]] if isinstance(value, list) else value


def dump(value: Any, indent: str = "") -> str:
    """YAML with each value on a line of its own."""
    if isinstance(value, dict) and value:
        return "".join(f"\n{indent}{key}:{dump(inner, indent + '  ')}" for key, inner in value.items())
    if isinstance(value, list) and value:
        return "".join(f"\n{indent}- {dump(inner, indent + '  ').lstrip()}" for inner in value)
    plain = isinstance(value, date) or (isinstance(value, float) and value == 2026.1)
    return f" {value}" if plain else f" {json.dumps(value)}"


def walk(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    for part, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, part)
        if isinstance(inner, dict | list):
            yield from walk(inner, (*path, part))


def load(name: str) -> tuple[Any, list[tuple[str | int, ...]]]:
    """A sample file, and one path for every field that it may have."""
    value = shorten(parse_yaml_nodes(FILES[name][0].read_text() + MORE.get(name, "")).value)
    shapes = {tuple("" if isinstance(part, int) else part for part in path): path for path in walk(value)}
    return value, list(shapes.values())


def list_problems(value: object, name: str) -> tuple[tuple[FileProblem, ...], list[str]]:
    text = dump(value).lstrip()
    try:
        parse_yaml(text, FILES[name][1], name="own.yaml")
    except BadFile as refused:
        return refused.problems, text.splitlines()
    return (), text.splitlines()


def check(problems: tuple[FileProblem, ...], lines: list[str], path: tuple[str | int, ...]) -> None:
    for one in problems:
        assert not WORDS_OF_THE_PROGRAM.search(re.sub("“[^”]*”", "", one.message)), one
        assert one.message[-1] in ".?"
    field = ".".join(map(str, path))
    here = [one for one in problems if f"{field}.".startswith(f"{one.field}.") or one.field.startswith(field)]
    assert here == list(problems), "what is reported lies elsewhere, so it only follows"
    for one in here:
        at = one.field.rpartition(".")[0] if "is missing" in one.message else one.field
        key = re.sub(r"(\.\d+)+$", "", at).rsplit(".", 1)[-1]
        assert one.line is not None
        assert not key or re.search(rf"^[- ]*{key}:|^ *-", lines[one.line - 1]), one


@pytest.mark.parametrize("name", FILES)
def test_any_wrong_value_is_explained_at_its_line(name: str) -> None:
    value, paths = load(name)
    assert list_problems(value, name)[0] == ()
    for number, path in enumerate(paths):
        for wrong in WRONG[number % 5 :: 5]:
            changed = deepcopy(value)
            set_at(changed, path, wrong)
            problems, lines = list_problems(changed, name)
            check(problems, lines, path)


@pytest.mark.parametrize("name", FILES)
def test_misspelt_and_missing_fields_are_one_problem_each(name: str) -> None:
    value, paths = load(name)
    for path in paths:
        key = path[-1]
        if isinstance(key, int) or len(key) < 3:
            continue
        changed = deepcopy(value)
        inner = changed
        for part in path[:-1]:
            inner = inner[part]
        inner[key[:1] + key[2:]] = inner[key]
        remove_at(changed, path)
        problems, _ = list_problems(changed, name)
        if any("Unknown field" in one.message for one in problems):
            assert [one.message for one in problems] == [f"Unknown field. Did you mean “{key}”?"]
        remove_at(changed, (*path[:-1], key[:1] + key[2:]))
        problems, _ = list_problems(changed, name)
        assert [one.message for one in problems] in ([], ["This field is missing."]), path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "unit: Ml a day",
            "unit: %",
            "line 53: Not valid YAML: A value can't begin with “%”. Put it in quotation marks",
        ),
        ("unit: Ml a day", "unit: *day", "Nothing in this file is named “&day”."),
        ("unit: Ml a day", "unit: 'Ml a day", "line 53: Not valid YAML: A quotation mark isn't closed."),
        ("unit: Ml a day", "unit: Ml: a day", "line 53: Not valid YAML: There's a second “: ” here."),
        ("    unit: Ml a day", "\tunit: Ml a day", "line 53: Not valid YAML: Indent this line with spaces"),
        ("    unit: Ml a day", "   unit: Ml a day", "line 53: Not valid YAML: This line doesn't fit the lines above."),
        ("unit: Ml a day", 'unit: "Ml\\0"', "line 53: This isn't a text file: it has the sign U+0000. Remove it."),
        ("unit: Ml a day", "unit: Ml\0", "line 53: This isn't a text file: it has the sign U+0000"),
        ("kind: key_result", "kind: Key Result", "Choose key_result or kpi. Did you mean “key_result”?"),
        ("weight: 0.35", "weight: 35%", "Leave out the per cent sign. A share of 35% is 0.35"),
        ("weight: 0.35", "weight: 0,35", "Use a point for decimals and nothing between thousands: 0.35 or 035."),
        ("{low: 2.0, high: 3.5}", "2.0-3.5", "target: For a range, give its two ends: {low: 2.0, high: 3.5}."),
        ("projects:", "projects:\nobjectives:", "“objectives” is here twice. Remove one of the two."),
    ],
)
def test_common_slips(old: str, new: str, said: str) -> None:
    with pytest.raises(BadFile) as refused:
        parse_yaml(STRATEGY.read_text().replace(old, new, 1), StrategyFile, name="own.yaml")
    assert said in refused.value.message
    assert len(refused.value.problems) == 1


def test_what_is_plainly_meant_is_taken() -> None:
    text = (
        STRATEGY.read_text()
        .replace('version: "2026-H2.1"', "version: 2026.10")
        .replace("version: 2026-H2.1", "version: 2026.10")
    )
    assert parse_strategy(text, name="own.yaml").version == "2026.10"
    nothing = text[: text.index("projects:")] + "projects:\nservices:\n"
    assert parse_strategy(nothing, name="own.yaml").projects == ()


def test_only_the_key_is_wrong_where_it_is_wrong_everywhere() -> None:
    text = STRATEGY.read_text().replace("less-leakage", "Less leakage")
    with pytest.raises(BadFile) as refused:
        parse_strategy(text, name="own.yaml")
    assert len(refused.value.problems) == 1
    assert "objectives.0.key: Use at most 60 lowercase letters" in refused.value.message
    assert "The same in lines" in refused.value.message
