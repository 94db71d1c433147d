"""Blocks: what each kind must look like, on which surface each may stand, and what they must not do together."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from workspace.checks.data import DATA_TABLE, DATA_VISUALIZATION, TABLE
from workspace.checks.elements import (
    ACCESSORIES,
    BUTTONS,
    IMAGE_ELEMENT,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
)
from workspace.checks.objects import (
    IMAGE_SOURCE,
    address,
    any_text,
    identifier,
    one_image_source,
    plain_text,
    web_address,
)
from workspace.checks.rich_text import RICH_TEXT
from workspace.checks.schema import (
    Check,
    Problem,
    Rule,
    Shape,
    at_least_one,
    below,
    boolean,
    each,
    one_of,
    string,
    tagged,
    typed,
    unique,
)

Surface = Literal["message", "modal", "home"]


def block(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *rules: Rule) -> Shape:
    return typed(required, {"block_id": identifier, **(optional or {})}, *rules)


def _collapsing(container: Mapping[str, Any], at: str) -> Iterator[Problem]:
    if container.get("default_collapsed") and not container.get("is_collapsible"):
        message = "`default_collapsed` requires `is_collapsible`"
        yield Problem(below(at, "default_collapsed"), "conflicting_fields", message, {"is_collapsible": True})
    if container.get("has_header_divider") and container.get("is_collapsible"):
        message = "`has_header_divider` cannot be used with `is_collapsible`"
        yield Problem(below(at, "has_header_divider"), "conflicting_fields", message, {"is_collapsible": False})


def _distinct_tasks(plan: Mapping[str, Any], at: str) -> Iterator[Problem]:
    tasks = enumerate(plan.get("tasks", []))
    yield from unique(((f"{at}/tasks/{index}/task_id", task["task_id"]) for index, task in tasks), "task_id")


SOURCE = typed({"url": address(3000), "text": string()})
STATUSES = ("pending", "in_progress", "complete", "error")

CARD = block(
    {},
    {
        "hero_image": tagged({"image": IMAGE_ELEMENT}),
        "icon": tagged({"image": IMAGE_ELEMENT}),
        "slack_icon": tagged({"icon": typed({"name": string()})}),
        "title": any_text(150),
        "subtitle": any_text(150),
        "body": any_text(200),
        "subtext": any_text(200),
        "actions": each(tagged({"button": BUTTONS["button"]}), most=3),
    },
    at_least_one("hero_image", "title", "actions", "body"),
)

TASK_CARD_FIELDS: Mapping[str, Check] = {
    "details": tagged({"rich_text": RICH_TEXT}),
    "output": tagged({"rich_text": RICH_TEXT}),
    "sources": each(tagged({"url": SOURCE}), fewest=0),
}


def task_card(*statuses: str) -> Shape:
    required: Mapping[str, Check] = {"task_id": string(), "title": string(), "status": one_of(*statuses)}
    return block(required, TASK_CARD_FIELDS)


ORDINARY: Mapping[str, Check] = {
    "section": block(
        {},
        {
            "text": any_text(3000),
            "fields": each(any_text(2000), most=10),
            "accessory": tagged(ACCESSORIES),
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "header": block({"text": plain_text(150)}),
    "divider": block({}),
    "context": block({"elements": each(tagged(IN_CONTEXT), most=10)}),
    "actions": block({"elements": each(tagged(IN_ACTIONS), most=25)}),
    "image": block({"alt_text": string(2000)}, {**IMAGE_SOURCE, "title": plain_text(2000)}, one_image_source),
    "input": block(
        {"label": plain_text(2000), "element": tagged(IN_INPUT)},
        {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
    "video": block(
        {
            "alt_text": string(2000),
            "title": plain_text(199),
            "thumbnail_url": web_address(3000),
            "video_url": web_address(3000),
        },
        {
            "title_url": web_address(2000),
            "author_name": string(49),
            "provider_name": string(50),
            "provider_icon_url": web_address(2000),
            "description": plain_text(200),
        },
    ),
    "card": CARD,
}

IN_CONTAINER = ("actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video")

CONTAINER = block(
    {"child_blocks": each(tagged({**{name: ORDINARY[name] for name in IN_CONTAINER}, "table": TABLE}), most=10)},
    {
        "title": plain_text(150),
        "rich_text_title": tagged({"rich_text": RICH_TEXT}),
        "subtitle": any_text(150),
        "width": one_of("narrow", "standard", "wide", "full"),
        "icon": tagged({"image": IMAGE_ELEMENT}),
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
    at_least_one("title", "rich_text_title"),
    _collapsing,
)

CAROUSEL = block({"elements": each(tagged({"card": CARD}), most=10)})
PLAN = block(
    {"title": string(), "tasks": each(tagged({"task_card": task_card(*STATUSES)}), most=50)}, {}, _distinct_tasks
)

IN_MESSAGE: Mapping[str, Check] = {
    **ORDINARY,
    "markdown": block({"text": string(12_000)}),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "context_actions": block({"elements": each(tagged(IN_CONTEXT_ACTIONS), most=5)}),
    "carousel": CAROUSEL,
    "container": CONTAINER,
    "plan": PLAN,
    "task_card": task_card("in_progress", "complete", "error"),
}
IN_MODAL: Mapping[str, Check] = {
    **ORDINARY,
    "alert": block({"text": any_text(200)}, {"level": one_of("default", "info", "warning", "error", "success")}),
}
IN_HOME: Mapping[str, Check] = {**ORDINARY, "carousel": CAROUSEL}

BY_SURFACE: Mapping[Surface, Mapping[str, Check]] = {"message": IN_MESSAGE, "modal": IN_MODAL, "home": IN_HOME}
MOST_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}


def check_blocks_at(blocks: Any, surface: Surface, at: str) -> Iterator[Problem]:
    """What Slack would refuse in these blocks on this surface; `at` points at the list of them."""
    fewest = 0 if surface == "message" else 1
    problems = list(each(tagged(BY_SURFACE[surface]), most=MOST_BLOCKS[surface], fewest=fewest)(blocks, at))
    yield from problems
    if isinstance(blocks, list | tuple):
        found = list(_all_blocks(blocks, at))
        yield from _distinct("block_id", found)
        for pointer, one in found:
            yield from _distinct_actions(one, pointer)


def _all_blocks(blocks: Iterable[Any], at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every block with its pointer, also those inside containers, carousels and plans."""
    for index, one in enumerate(blocks):
        if isinstance(one, Mapping):
            pointer = below(at, index)
            yield pointer, one
            for name in _NESTS.get(one.get("type", ""), ()):
                if isinstance(one.get(name), list | tuple):
                    yield from _all_blocks(one[name], below(pointer, name))


_NESTS: Mapping[Any, tuple[str, ...]] = {"container": ("child_blocks",), "carousel": ("elements",), "plan": ("tasks",)}


def _distinct_actions(one: Mapping[str, Any], at: str) -> Iterator[Problem]:
    """An action_id is the only one of its name in its block."""
    lists = [
        (below(at, name), one[name]) for name in ("elements", "actions") if isinstance(one.get(name), list | tuple)
    ]
    yield from _distinct(
        "action_id", ((below(at, i), entry) for at, entries in lists for i, entry in enumerate(entries))
    )


def _distinct(name: str, found: Iterable[tuple[str, Any]]) -> Iterator[Problem]:
    named = [(at, one) for at, one in found if isinstance(one, Mapping) and isinstance(one.get(name), str)]
    yield from unique(((below(at, name), one[name]) for at, one in named), name)
