"""Blocks that show data: table, data_table and the native charts of data_visualization."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from workspace.checks.objects import identifier
from workspace.checks.rich_text import RICH_TEXT
from workspace.checks.schema import (
    Check,
    Rule,
    Violation,
    array_of,
    check_boolean,
    find_duplicates,
    integer_check,
    null_or,
    number_check,
    object_with,
    one_of,
    pointer_to,
    string_check,
    tagged_union,
    too_few,
    typed_object,
    unsupported_type,
)
from workspace.checks.text_length import count_characters

MOST_COLUMNS = 20
TABLE_CHARACTERS = 10_000
DATA_TABLE_CHARACTERS = 20_000


def _not_empty(cell: Mapping[str, Any], at: str) -> Iterator[Violation]:
    if _is_empty(cell):
        yield too_few(pointer_to(at, "elements"), 1)


def _is_empty(part: Mapping[str, Any]) -> bool:
    """Whether rich text contains only empty parts."""
    return all(map(_is_empty, part["elements"])) if "elements" in part else False


CELLS: Mapping[str, Check] = {
    "raw_text": typed_object({"text": string_check()}),
    "raw_number": typed_object({"value": number_check(), "text": string_check()}),
    "rich_text": replace(RICH_TEXT, rules=(_not_empty,)),
}
ROW = array_of(tagged_union(CELLS), most=MOST_COLUMNS)


def rows_of_one_width(block: Mapping[str, Any], at: str) -> Iterator[Violation]:
    width = len(block["rows"][0])
    for index, row in enumerate(block["rows"]):
        if len(row) != width:
            pointer = pointer_to(pointer_to(at, "rows"), index)
            yield Violation(pointer, "uneven_rows", "all rows must have the same number of cells", {"cells": width})


def limit_text(most: int) -> Rule:
    def rule(block: Mapping[str, Any], at: str) -> Iterator[Violation]:
        if count_characters(block["rows"]) > most:
            message = f"all cells together must be less than {most + 1} characters"
            yield Violation(pointer_to(at, "rows"), "too_long", message, {"max_length": most})

    return rule


def _plain_header(block: Mapping[str, Any], at: str) -> Iterator[Violation]:
    for column, cell in enumerate(block["rows"][0]):
        if cell["type"] == "rich_text":
            yield unsupported_type(f"{at}/rows/0/{column}", "rich_text", ("raw_text", "raw_number"))


def _row_header_is_a_column(block: Mapping[str, Any], at: str) -> Iterator[Violation]:
    width = len(block["rows"][0])
    if block.get("row_header_column_index", 0) >= width:
        pointer = pointer_to(at, "row_header_column_index")
        yield Violation(pointer, "too_large", f"must be less than {width}", {"max": width - 1})


COLUMN = object_with({}, {"align": one_of("left", "center", "right"), "is_wrapped": check_boolean})
TABLE = typed_object(
    {"rows": array_of(ROW, most=100)},
    {
        "block_id": identifier,
        "column_settings": array_of(null_or(COLUMN), most=MOST_COLUMNS, fewest=0),
    },
    limit_text(TABLE_CHARACTERS),
)

DATA_TABLE = typed_object(
    {"caption": string_check(), "rows": array_of(ROW, most=101, fewest=2)},
    {"block_id": identifier, "page_size": integer_check(1, 100), "row_header_column_index": integer_check(0)},
    rows_of_one_width,
    _plain_header,
    _row_header_is_a_column,
    limit_text(DATA_TABLE_CHARACTERS),
)

LABEL = string_check(20)
POINT = object_with({"label": LABEL, "value": number_check()})
SERIES = object_with({"name": LABEL, "data": array_of(POINT, most=20)})
AXES = object_with({"categories": array_of(LABEL, most=20)}, {"x_label": string_check(50), "y_label": string_check(50)})


def _distinct_names(chart: Mapping[str, Any], at: str) -> Iterator[Violation]:
    yield from find_duplicates(
        ((f"{at}/series/{index}/name", one["name"]) for index, one in enumerate(chart["series"])), "name"
    )


def _distinct_categories(chart: Mapping[str, Any], at: str) -> Iterator[Violation]:
    inside, names = f"{at}/axis_config/categories", chart["axis_config"]["categories"]
    yield from find_duplicates(((pointer_to(inside, index), name) for index, name in enumerate(names)), "categories")


def _one_point_per_category(chart: Mapping[str, Any], at: str) -> Iterator[Violation]:
    """Each series needs one value per category, labelled with the category's name."""
    wanted = chart["axis_config"]["categories"]
    for index, series in enumerate(chart["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(wanted):
            message = "data labels must match axis_config.categories"
            yield Violation(f"{at}/series/{index}/data", "mismatched_labels", message, {"expected": list(wanted)})


_PLOT = typed_object(
    {"series": array_of(SERIES, most=6), "axis_config": AXES},
    {},
    _distinct_names,
    _distinct_categories,
    _one_point_per_category,
)
_PIE = typed_object({"segments": array_of(object_with({"label": LABEL, "value": number_check(above=0)}), most=6)})

DATA_VISUALIZATION = typed_object(
    {"title": string_check(50), "chart": tagged_union({"pie": _PIE, "bar": _PLOT, "area": _PLOT, "line": _PLOT})},
    {"block_id": identifier},
)
