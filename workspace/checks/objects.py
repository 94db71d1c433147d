"""Composition objects: texts, options, confirmation dialogs, addresses and images."""

from collections.abc import Iterator, Mapping
from typing import Any

from workspace.checks.schema import (
    Check,
    Problem,
    at_least_one,
    below,
    boolean,
    each,
    exactly_one,
    matching,
    one_of,
    shape,
    string,
    tagged,
    typed,
    unique,
)

LONGEST_ID = 255
identifier = string(LONGEST_ID)
optional_identifier = string(LONGEST_ID, shortest=0)


def text_kinds(longest: int) -> Mapping[str, Check]:
    """Plain text, which alone knows `emoji`, and mrkdwn, which alone knows `verbatim`."""
    return {
        "plain_text": typed({"text": string(longest)}, {"emoji": boolean}),
        "mrkdwn": typed({"text": string(longest)}, {"verbatim": boolean}),
    }


def plain_text(longest: int) -> Check:
    return tagged({"plain_text": text_kinds(longest)["plain_text"]})


def any_text(longest: int) -> Check:
    return tagged(text_kinds(longest))


def address(longest: int = 3000) -> Check:
    """Where a button or a link leads: any absolute address with a scheme."""
    return matching(r"(https?://[^\s/?#]+\S*|(mailto|tel|slack):\S+)", "a valid URL", longest)


def web_address(longest: int | None = 3000) -> Check:
    """An address Slack itself fetches: https, or http on the machine the workspace runs on."""
    local = r"http://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?"
    return matching(rf"(https://[^\s/?#]+|{local})([/?#]\S*)?", "a valid URL that Slack can fetch (https)", longest)


CONFIRM = shape(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": one_of("primary", "danger")},
)

SLACK_FILE = shape({}, {"id": string(), "url": web_address(None)}, exactly_one("id", "url"))

IMAGE_SOURCE: Mapping[str, Check] = {"image_url": web_address(), "slack_file": SLACK_FILE}
one_image_source = exactly_one("image_url", "slack_file")

DISPATCH = shape({}, {"trigger_actions_on": each(one_of("on_enter_pressed", "on_character_entered"))})

CONVERSATION_FILTER = shape(
    {},
    {
        "include": each(one_of("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
)


def option(text: Check, extra: Mapping[str, Check] | None = None) -> Check:
    """One choice; its value is what the app is told, up to 150 characters."""
    return shape({"text": text, "value": string(150)}, {"description": text, **(extra or {})})


PLAIN_OPTION = option(plain_text(75))
RICH_OPTION = option(any_text(75))
OVERFLOW_OPTION = option(plain_text(75), {"url": address()})
OPTION_GROUP = shape({"label": plain_text(75), "options": each(PLAIN_OPTION, most=100)})


def all_options(element: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    grouped = [choice for group in element.get("option_groups", []) for choice in group["options"]]
    return [*element.get("options", []), *grouped]


def distinct_options(element: Mapping[str, Any], at: str) -> Iterator[Problem]:
    """Values tell choices apart, so no two choices of one element share one."""
    found = [
        (below(below(below(at, "options"), index), "value"), choice["value"])
        for index, choice in enumerate(element.get("options", []))
    ]
    for number, group in enumerate(element.get("option_groups", [])):
        inside = f"{at}/option_groups/{number}/options"
        found += [(f"{inside}/{index}/value", choice["value"]) for index, choice in enumerate(group["options"])]
    yield from unique(found, "value")


def initial_among_options(element: Mapping[str, Any], at: str) -> Iterator[Problem]:
    """What is chosen at first is one of the choices, in every field."""
    offered = [_normal(choice) for choice in all_options(element)]
    chosen = [(below(at, "initial_option"), element["initial_option"])] if "initial_option" in element else []
    several = below(at, "initial_options")
    chosen += [(below(several, index), choice) for index, choice in enumerate(element.get("initial_options", []))]
    for pointer, choice in chosen:
        if _normal(choice) not in offered:
            yield Problem(pointer, "not_an_option", "must match one of the provided options", {"got": choice["value"]})


def _normal(choice: Mapping[str, Any]) -> tuple[Any, ...]:
    """An option without the flags that do not change which option it is."""
    description = choice.get("description", {})
    return (choice["value"], choice["text"]["type"], choice["text"]["text"], description.get("text"))
