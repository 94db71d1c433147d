"""Files from outside are checked at the border; each refusal names file, line and field."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from foundation.files import LARGEST_FILE, BadFile, Strict, find_line, parse_yaml, read_text, read_yaml


class Step(Strict):
    name: str = Field(min_length=1)
    days: int = 1


class Plan(Strict):
    title: str
    steps: tuple[Step, ...] = ()


def problems(text: str) -> list[str]:
    with pytest.raises(BadFile) as refused:
        parse_yaml(text, Plan, name="plan.yaml")
    return [str(problem) for problem in refused.value.problems]


def test_valid_file_becomes_a_record(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("\ufefftitle: Move\nsteps:\n  - {name: pack, days: 2}\n", encoding="utf-8")
    assert read_yaml(path, Plan) == Plan(title="Move", steps=(Step(name="pack", days=2),))


def test_nested_error_names_its_line() -> None:
    text = "title: Move\nsteps:\n  - name: pack\n  - name: ''\n    days: two\n    how: fast\n"
    found = problems(text)
    assert found[0].startswith("plan.yaml, line 4: steps.1.name: ")
    assert found[1].startswith("plan.yaml, line 5: steps.1.days: ")
    assert found[2] == "plan.yaml, line 6: steps.1.how: Unknown field. Check its spelling, or remove it."


def test_missing_field_names_its_parents_line() -> None:
    assert problems("steps:\n  - days: 2\n") == [
        "plan.yaml, line 1: title: This field is missing.",
        "plan.yaml, line 2: steps.0.name: This field is missing.",
    ]


@pytest.mark.parametrize("text", ["title: [", "title: a\ntitle: b\n", "\ttitle: a", "title: *nowhere"])
def test_invalid_yaml_names_its_line(text: str) -> None:
    assert problems(text)[0].startswith("plan.yaml, line ")


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n", "42"])
def test_file_without_fields_is_refused(text: str) -> None:
    assert "Expected named fields" in problems(text)[0]


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    message = "plan.yaml"
    try:
        parse_yaml(text, Plan, name="plan.yaml")
    except BadFile as refused:
        message = refused.message
    assert message.startswith("plan.yaml")


BOMB = "title: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


def test_aliases_that_multiply_are_refused_at_once() -> None:
    assert problems(BOMB)[0].startswith("plan.yaml, line 5: Too many aliases (“*name”)")
    assert "without end" in problems("title: &a [*a]\n")[0]
    merges = "a0: &a0 {k: v}\n" + "".join(
        f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}], k{n}: v}}\n" for n in range(1, 12)
    )
    assert "Too many aliases" in problems(merges)[0]


def test_honest_anchors_still_work() -> None:
    text = "steps:\n  - &usual {name: pack, days: 2}\n  - *usual\n  - {<<: *usual, name: go}\ntitle: Move\n"
    plan = parse_yaml(text, Plan, name="plan.yaml")
    assert [(step.name, step.days) for step in plan.steps] == [("pack", 2), ("pack", 2), ("go", 2)]
    assert problems(text.replace("days: 2", "days: two"))[0].startswith("plan.yaml, line 2: steps.0.days: ")


@pytest.mark.parametrize("text", ["title: " + "[" * 3000, "title: " + "- " * 3000, "title: " + "{a: " * 3000])
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    assert problems(text)[0].startswith("plan.yaml, line 1: ")


def test_line_of_a_node_is_found() -> None:
    text = "title: Move\nsteps:\n  - name: pack\n  - name: go\n"
    assert find_line(text, ["steps", 1, "name"]) == 4
    assert find_line(text, ["steps", 1, "name"], first_line=10) == 13


def test_binary_and_oversized_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"title: \xff\xfe")
    with pytest.raises(BadFile, match="line 1: This isn't UTF-8 text"):
        read_text(path)
    path.write_bytes("title: Move".encode("utf-16"))
    with pytest.raises(BadFile, match="This is UTF-16 text"):
        read_text(path)
    path.write_bytes(b"a" * (LARGEST_FILE + 1))
    with pytest.raises(BadFile, match="larger than 5 MB"):
        read_text(path)


def test_folder_and_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.yaml"):
        with pytest.raises(BadFile, match=str(path)):
            read_text(path)


def test_names_that_nobody_sees_are_empty_and_none_turns_the_text_around() -> None:
    assert "This field is empty" in problems("title: Move\nsteps:\n  - name: \u3164\n")[0]
    assert parse_yaml("title: Budget \u202egpj.exe\n", Plan, name="plan.yaml").title == "Budget gpj.exe"
