"""Blocks: what each kind must look like, on which surface each may stand, and what they must not do together."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workspace.checks.data import DATA_TABLE, DATA_VISUALIZATION, TABLE
from workspace.checks.elements import (
    BUTTONS,
    IMAGE_ELEMENT,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    accessories,
    in_actions,
    in_input,
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
    Surface,
    at_least_one,
    below,
    boolean,
    each,
    integer,
    one_of,
    shape,
    string,
    tagged,
    typed,
    unique,
)


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


def _files_are_not_dispatched(field: Mapping[str, Any], at: str) -> Iterator[Problem]:
    if field["element"]["type"] == "file_input" and field.get("dispatch_action"):
        message = "`dispatch_action` cannot be used with `file_input`"
        yield Problem(below(at, "dispatch_action"), "conflicting_fields", message, {"dispatch_action": False})


_image = tagged({"image": IMAGE_ELEMENT})
_rich_text = tagged({"rich_text": RICH_TEXT})

CARD = block(
    {},
    {
        "hero_image": _image,
        "icon": _image,
        "title": any_text(150),
        "subtitle": any_text(150),
        "body": any_text(200),
        "actions": each(tagged({"button": BUTTONS["button"]}), most=3),
    },
    at_least_one("hero_image", "title", "actions", "body"),
)
CAROUSEL = block({"elements": each(tagged({"card": CARD}), most=10)})

VIDEO = block(
    {
        "alt_text": string(2000),
        "title": plain_text(199),
        "thumbnail_url": web_address(),
        "video_url": web_address(),
    },
    {
        "title_url": web_address(2000),
        "author_name": string(49),
        "provider_name": string(50),
        "provider_icon_url": web_address(2000),
        "description": plain_text(199),
    },
)


def ordinary(surface: Surface) -> Mapping[str, Check]:
    """The blocks that every surface takes, with the elements that this one takes in them."""
    return {
        "section": block(
            {},
            {
                "text": any_text(3000),
                "fields": each(any_text(2000), most=10),
                "accessory": accessories(surface),
                "expand": boolean,
            },
            at_least_one("text", "fields"),
        ),
        "header": block({"text": plain_text(150)}, {"level": integer(1, 4)}),
        "divider": block({}),
        "context": block({"elements": each(IN_CONTEXT, most=10)}),
        "actions": block({"elements": each(in_actions(surface), most=25)}),
        "image": block({"alt_text": string(2000)}, {**IMAGE_SOURCE, "title": plain_text(2000)}, one_image_source),
        "input": block(
            {"label": plain_text(2000), "element": in_input(surface)},
            {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
            _files_are_not_dispatched,
        ),
        "rich_text": RICH_TEXT,
        "video": VIDEO,
    }


def container(surface: Surface) -> Shape:
    return block(
        {"child_blocks": each(tagged({**ordinary(surface), "table": TABLE}), most=10)},
        {
            "title": plain_text(150),
            "rich_text_title": _rich_text,
            "subtitle": any_text(150),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": _image,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        at_least_one("title", "rich_text_title"),
        _collapsing,
    )


STATUSES = ("pending", "in_progress", "complete", "error")
SOURCES = each(tagged({"url": typed({"url": address(), "text": string()})}), fewest=0)
_task: Mapping[str, Check] = {"task_id": string(), "title": string()}
_task_details: Mapping[str, Check] = {
    "block_id": identifier,
    "details": _rich_text,
    "output": _rich_text,
    "sources": SOURCES,
}
TASK_CARD = typed({**_task, "status": one_of(*STATUSES[1:])}, _task_details)  # only the tasks of a plan can be pending
TASK_OF_PLAN = shape({**_task, "status": one_of(*STATUSES)}, {"type": one_of("task_card"), **_task_details})
PLAN = block({"title": string()}, {"tasks": each(TASK_OF_PLAN, most=50, fewest=0)}, _distinct_tasks)

ALERT = block({"text": any_text(200)}, {"level": one_of("default", "info", "warning", "error", "success")})


def _wide(surface: Surface) -> Mapping[str, Check]:
    """What messages and the Home tab take and modals do not."""
    return {
        "card": CARD,
        "carousel": CAROUSEL,
        "container": container(surface),
        "table": TABLE,
        "data_table": DATA_TABLE,
        "data_visualization": DATA_VISUALIZATION,
    }


BY_SURFACE: Mapping[Surface, Check] = {
    "message": tagged(
        {
            **ordinary("message"),
            **_wide("message"),
            "markdown": block({"text": string(12_000)}),
            "context_actions": block({"elements": each(IN_CONTEXT_ACTIONS, most=5)}),
            "plan": PLAN,
            "task_card": TASK_CARD,
        }
    ),
    "modal": tagged({**ordinary("modal"), "alert": ALERT}),
    "home": tagged({**ordinary("home"), **_wide("home")}),
}
MOST_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}


def check_blocks_at(blocks: Any, surface: Surface, at: str) -> Iterator[Problem]:
    """What Slack would refuse in these blocks on this surface; `at` points at the list of them."""
    fewest = 0 if surface == "message" else 1
    yield from each(BY_SURFACE[surface], most=MOST_BLOCKS[surface], fewest=fewest)(blocks, at)
    found = list(every_block(blocks, at))
    yield from _distinct("block_id", found)
    for pointer, one in found:
        yield from _distinct_actions(one, pointer)


_NESTS: Mapping[Any, str] = {"container": "child_blocks", "carousel": "elements", "plan": "tasks"}


def every_block(blocks: Any, at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every block with its pointer, also those inside containers, carousels and plans; what is no block is left out."""
    for index, one in enumerate(blocks if isinstance(blocks, list | tuple) else ()):
        if isinstance(one, Mapping):
            pointer, kind = below(at, index), one.get("type")
            yield pointer, one
            if isinstance(kind, str) and kind in _NESTS:
                yield from every_block(one.get(_NESTS[kind]), below(pointer, _NESTS[kind]))


def _distinct_actions(one: Mapping[str, Any], at: str) -> Iterator[Problem]:
    """An action_id is the only one of its name in its block."""
    for name in ("elements", "actions"):
        entries, inside = one.get(name), below(at, name)
        if isinstance(entries, list | tuple):
            yield from _distinct("action_id", [(below(inside, index), entry) for index, entry in enumerate(entries)])


def _distinct(name: str, found: Iterable[tuple[str, Any]]) -> Iterator[Problem]:
    named = [(at, one) for at, one in found if isinstance(one, Mapping) and isinstance(one.get(name), str)]
    yield from unique(((below(at, name), one[name]) for at, one in named), name)
