"""Blocks that show figures: table, data_table and the native charts of data_visualization."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from workspace.checks.objects import identifier
from workspace.checks.rich_text import RICH_TEXT
from workspace.checks.schema import (
    Check,
    Problem,
    Rule,
    below,
    boolean,
    each,
    integer,
    nullable,
    number,
    one_of,
    shape,
    string,
    tagged,
    too_few,
    typed,
    unique,
    unsupported,
)
from workspace.checks.words import length_of_text

MOST_COLUMNS = 20
TABLE_CHARACTERS = 10_000
DATA_TABLE_CHARACTERS = 20_000


def _not_empty(cell: Mapping[str, Any], at: str) -> Iterator[Problem]:
    if _is_empty(cell):
        yield too_few(below(at, "elements"), 1)


def _is_empty(part: Mapping[str, Any]) -> bool:
    """Rich text with nothing but empty parts in it."""
    return all(map(_is_empty, part["elements"])) if "elements" in part else False


CELLS: Mapping[str, Check] = {
    "raw_text": typed({"text": string()}),
    "raw_number": typed({"value": number(), "text": string()}),
    "rich_text": replace(RICH_TEXT, rules=(_not_empty,)),
}
ROW = each(tagged(CELLS), most=MOST_COLUMNS)


def rows_of_one_width(block: Mapping[str, Any], at: str) -> Iterator[Problem]:
    width = len(block["rows"][0])
    for index, row in enumerate(block["rows"]):
        if len(row) != width:
            pointer = below(below(at, "rows"), index)
            yield Problem(pointer, "uneven_rows", "all rows must have the same number of cells", {"cells": width})


def no_more_text_than(most: int) -> Rule:
    def rule(block: Mapping[str, Any], at: str) -> Iterator[Problem]:
        if length_of_text(block["rows"]) > most:
            message = f"all cells together must be less than {most + 1} characters"
            yield Problem(below(at, "rows"), "too_long", message, {"max_length": most})

    return rule


def _plain_header(block: Mapping[str, Any], at: str) -> Iterator[Problem]:
    for column, cell in enumerate(block["rows"][0]):
        if cell["type"] == "rich_text":
            yield unsupported(f"{at}/rows/0/{column}", "rich_text", ("raw_text", "raw_number"))


def _row_header_is_a_column(block: Mapping[str, Any], at: str) -> Iterator[Problem]:
    width = len(block["rows"][0])
    if block.get("row_header_column_index", 0) >= width:
        pointer = below(at, "row_header_column_index")
        yield Problem(pointer, "too_large", f"must be less than {width}", {"max": width - 1})


COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
TABLE = typed(
    {"rows": each(ROW, most=100)},
    {
        "block_id": identifier,
        "column_settings": each(nullable(COLUMN), most=MOST_COLUMNS, fewest=0),
    },
    no_more_text_than(TABLE_CHARACTERS),
)

DATA_TABLE = typed(
    {"caption": string(), "rows": each(ROW, most=101, fewest=2)},
    {"block_id": identifier, "page_size": integer(1, 100), "row_header_column_index": integer(0)},
    rows_of_one_width,
    _plain_header,
    _row_header_is_a_column,
    no_more_text_than(DATA_TABLE_CHARACTERS),
)

LABEL = string(20)
POINT = shape({"label": LABEL, "value": number()})
SERIES = shape({"name": LABEL, "data": each(POINT, most=20)})
AXES = shape({"categories": each(LABEL, most=20)}, {"x_label": string(50), "y_label": string(50)})


def _distinct_names(chart: Mapping[str, Any], at: str) -> Iterator[Problem]:
    yield from unique(((f"{at}/series/{index}/name", one["name"]) for index, one in enumerate(chart["series"])), "name")


def _distinct_categories(chart: Mapping[str, Any], at: str) -> Iterator[Problem]:
    inside, names = f"{at}/axis_config/categories", chart["axis_config"]["categories"]
    yield from unique(((below(inside, index), name) for index, name in enumerate(names)), "categories")


def _one_point_per_category(chart: Mapping[str, Any], at: str) -> Iterator[Problem]:
    """Every series has a value for every category, under the category's own name."""
    wanted = chart["axis_config"]["categories"]
    for index, series in enumerate(chart["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(wanted):
            message = "data labels must match axis_config.categories"
            yield Problem(f"{at}/series/{index}/data", "mismatched_labels", message, {"expected": list(wanted)})


_PLOT = typed(
    {"series": each(SERIES, most=6), "axis_config": AXES},
    {},
    _distinct_names,
    _distinct_categories,
    _one_point_per_category,
)
_PIE = typed({"segments": each(shape({"label": LABEL, "value": number(above=0)}), most=6)})

DATA_VISUALIZATION = typed(
    {"title": string(50), "chart": tagged({"pie": _PIE, "bar": _PLOT, "area": _PLOT, "line": _PLOT})},
    {"block_id": identifier},
)
