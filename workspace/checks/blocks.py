"""Blocks: the format of each type, the surfaces that allow it, and rules across blocks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workspace.checks.data import DATA_TABLE, DATA_VISUALIZATION, TABLE
from workspace.checks.elements import (
    BUTTONS,
    IMAGE_ELEMENT,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    actions_element,
    input_element,
    section_accessory,
)
from workspace.checks.objects import (
    IMAGE_SOURCE,
    any_text_check,
    fetchable_url,
    identifier,
    link_url,
    one_image_source,
    plain_text_check,
)
from workspace.checks.rich_text import RICH_TEXT
from workspace.checks.schema import (
    Check,
    ObjectCheck,
    Rule,
    Surface,
    Violation,
    array_of,
    at_least_one,
    check_boolean,
    find_duplicates,
    integer_check,
    object_with,
    one_of,
    pointer_to,
    string_check,
    tagged_union,
    typed_object,
)


def block_object(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *rules: Rule
) -> ObjectCheck:
    return typed_object(required, {"block_id": identifier, **(optional or {})}, *rules)


def _check_collapsing(container: Mapping[str, Any], at: str) -> Iterator[Violation]:
    if container.get("default_collapsed") and not container.get("is_collapsible"):
        message = "`default_collapsed` requires `is_collapsible`"
        yield Violation(pointer_to(at, "default_collapsed"), "conflicting_fields", message, {"is_collapsible": True})
    if container.get("has_header_divider") and container.get("is_collapsible"):
        message = "`has_header_divider` cannot be used with `is_collapsible`"
        yield Violation(pointer_to(at, "has_header_divider"), "conflicting_fields", message, {"is_collapsible": False})


def _distinct_tasks(plan: Mapping[str, Any], at: str) -> Iterator[Violation]:
    tasks = enumerate(plan.get("tasks", []))
    yield from find_duplicates(((f"{at}/tasks/{index}/task_id", task["task_id"]) for index, task in tasks), "task_id")


def _files_are_not_dispatched(field: Mapping[str, Any], at: str) -> Iterator[Violation]:
    if field["element"]["type"] == "file_input" and field.get("dispatch_action"):
        message = "`dispatch_action` cannot be used with `file_input`"
        yield Violation(pointer_to(at, "dispatch_action"), "conflicting_fields", message, {"dispatch_action": False})


_image = tagged_union({"image": IMAGE_ELEMENT})
_rich_text = tagged_union({"rich_text": RICH_TEXT})

CARD = block_object(
    {},
    {
        "hero_image": _image,
        "icon": _image,
        "title": any_text_check(150),
        "subtitle": any_text_check(150),
        "body": any_text_check(200),
        "actions": array_of(tagged_union({"button": BUTTONS["button"]}), most=3),
    },
    at_least_one("hero_image", "title", "actions", "body"),
)
CAROUSEL = block_object({"elements": array_of(tagged_union({"card": CARD}), most=10)})

VIDEO = block_object(
    {
        "alt_text": string_check(2000),
        "title": plain_text_check(199),
        "thumbnail_url": fetchable_url(),
        "video_url": fetchable_url(),
    },
    {
        "title_url": fetchable_url(2000),
        "author_name": string_check(49),
        "provider_name": string_check(50),
        "provider_icon_url": fetchable_url(2000),
        "description": plain_text_check(199),
    },
)


def common_blocks(surface: Surface) -> Mapping[str, Check]:
    """Return the blocks that every surface allows, with the elements that this one allows in them."""
    return {
        "section": block_object(
            {},
            {
                "text": any_text_check(3000),
                "fields": array_of(any_text_check(2000), most=10),
                "accessory": section_accessory(surface),
                "expand": check_boolean,
            },
            at_least_one("text", "fields"),
        ),
        "header": block_object({"text": plain_text_check(150)}, {"level": integer_check(1, 4)}),
        "divider": block_object({}),
        "context": block_object({"elements": array_of(IN_CONTEXT, most=10)}),
        "actions": block_object({"elements": array_of(actions_element(surface), most=25)}),
        "image": block_object(
            {"alt_text": string_check(2000)}, {**IMAGE_SOURCE, "title": plain_text_check(2000)}, one_image_source
        ),
        "input": block_object(
            {"label": plain_text_check(2000), "element": input_element(surface)},
            {"hint": plain_text_check(2000), "optional": check_boolean, "dispatch_action": check_boolean},
            _files_are_not_dispatched,
        ),
        "rich_text": RICH_TEXT,
        "video": VIDEO,
    }


def container_block(surface: Surface) -> ObjectCheck:
    return block_object(
        {"child_blocks": array_of(tagged_union({**common_blocks(surface), "table": TABLE}), most=10)},
        {
            "title": plain_text_check(150),
            "rich_text_title": _rich_text,
            "subtitle": any_text_check(150),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": _image,
            "is_collapsible": check_boolean,
            "default_collapsed": check_boolean,
            "has_header_divider": check_boolean,
        },
        at_least_one("title", "rich_text_title"),
        _check_collapsing,
    )


STATUSES = ("pending", "in_progress", "complete", "error")
SOURCES = array_of(tagged_union({"url": typed_object({"url": link_url(), "text": string_check()})}), fewest=0)
_task: Mapping[str, Check] = {"task_id": string_check(), "title": string_check()}
_task_details: Mapping[str, Check] = {
    "block_id": identifier,
    "details": _rich_text,
    "output": _rich_text,
    "sources": SOURCES,
}
TASK_CARD = typed_object(
    {**_task, "status": one_of(*STATUSES[1:])}, _task_details
)  # only the tasks of a plan can be pending
TASK_OF_PLAN = object_with({**_task, "status": one_of(*STATUSES)}, {"type": one_of("task_card"), **_task_details})
PLAN = block_object({"title": string_check()}, {"tasks": array_of(TASK_OF_PLAN, most=50, fewest=0)}, _distinct_tasks)

ALERT = block_object({"text": any_text_check(200)}, {"level": one_of("default", "info", "warning", "error", "success")})


def _wide_blocks(surface: Surface) -> Mapping[str, Check]:
    """Return the blocks that messages and the Home tab allow, and modals don't."""
    return {
        "card": CARD,
        "carousel": CAROUSEL,
        "container": container_block(surface),
        "table": TABLE,
        "data_table": DATA_TABLE,
        "data_visualization": DATA_VISUALIZATION,
    }


BY_SURFACE: Mapping[Surface, Check] = {
    "message": tagged_union(
        {
            **common_blocks("message"),
            **_wide_blocks("message"),
            "markdown": block_object({"text": string_check(12_000)}),
            "context_actions": block_object({"elements": array_of(IN_CONTEXT_ACTIONS, most=5)}),
            "plan": PLAN,
            "task_card": TASK_CARD,
        }
    ),
    "modal": tagged_union({**common_blocks("modal"), "alert": ALERT}),
    "home": tagged_union({**common_blocks("home"), **_wide_blocks("home")}),
}
MOST_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}


def check_blocks_at(blocks: Any, surface: Surface, at: str) -> Iterator[Violation]:
    """Yield the violations in a list of blocks on this surface. `at` is the pointer to the list."""
    fewest = 0 if surface == "message" else 1
    yield from array_of(BY_SURFACE[surface], most=MOST_BLOCKS[surface], fewest=fewest)(blocks, at)
    found = list(walk_with_pointers(blocks, at))
    yield from _find_repeated("block_id", found)
    for pointer, one in found:
        yield from _distinct_actions(one, pointer)


_NESTS: Mapping[Any, str] = {"container": "child_blocks", "carousel": "elements", "plan": "tasks"}


def walk_with_pointers(blocks: Any, at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every block with its pointer, including those in containers, carousels and plans. Skips anything else."""
    for index, one in enumerate(blocks if isinstance(blocks, list | tuple) else ()):
        if isinstance(one, Mapping):
            pointer, kind = pointer_to(at, index), one.get("type")
            yield pointer, one
            if isinstance(kind, str) and kind in _NESTS:
                yield from walk_with_pointers(one.get(_NESTS[kind]), pointer_to(pointer, _NESTS[kind]))


def _distinct_actions(one: Mapping[str, Any], at: str) -> Iterator[Violation]:
    """Yield a violation for each action_id that occurs twice in its block."""
    for name in ("elements", "actions"):
        entries, inside = one.get(name), pointer_to(at, name)
        if isinstance(entries, list | tuple):
            yield from _find_repeated(
                "action_id", [(pointer_to(inside, index), entry) for index, entry in enumerate(entries)]
            )


def _find_repeated(name: str, found: Iterable[tuple[str, Any]]) -> Iterator[Violation]:
    named = [(at, one) for at, one in found if isinstance(one, Mapping) and isinstance(one.get(name), str)]
    yield from find_duplicates(((pointer_to(at, name), one[name]) for at, one in named), name)
