"""Composition objects: text, options, confirmation dialogs, URLs and images."""

from collections.abc import Iterator, Mapping
from typing import Any

from workspace.checks.schema import (
    Check,
    Violation,
    array_of,
    at_least_one,
    check_boolean,
    exactly_one,
    find_duplicates,
    object_with,
    one_of,
    pointer_to,
    string_check,
    string_matching,
    tagged_union,
    typed_object,
)

LONGEST_ID = 255
identifier = string_check(LONGEST_ID)
optional_identifier = string_check(LONGEST_ID, shortest=0)


def text_kinds(longest: int) -> Mapping[str, Check]:
    """Return the checks for plain text, which may have `emoji`, and mrkdwn, which may have `verbatim`."""
    return {
        "plain_text": typed_object({"text": string_check(longest)}, {"emoji": check_boolean}),
        "mrkdwn": typed_object({"text": string_check(longest)}, {"verbatim": check_boolean}),
    }


def plain_text_check(longest: int) -> Check:
    return tagged_union({"plain_text": text_kinds(longest)["plain_text"]})


def any_text_check(longest: int) -> Check:
    return tagged_union(text_kinds(longest))


def link_url(longest: int = 3000) -> Check:
    """Check the target of a button or link: an absolute URL."""
    return string_matching(r"(https?://[^\s/?#]+\S*|(mailto|tel|slack):\S+)", "a valid URL", longest)


def fetchable_url(longest: int | None = 3000) -> Check:
    """Check a URL that Slack itself fetches: https, or http on the machine the workspace runs on."""
    local = r"http://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?"
    return string_matching(
        rf"(https://[^\s/?#]+|{local})([/?#]\S*)?", "a valid URL that Slack can fetch (https)", longest
    )


CONFIRM = object_with(
    {
        "title": plain_text_check(100),
        "text": any_text_check(300),
        "confirm": plain_text_check(30),
        "deny": plain_text_check(30),
    },
    {"style": one_of("primary", "danger")},
)

SLACK_FILE = object_with({}, {"id": string_check(), "url": fetchable_url(None)}, exactly_one("id", "url"))

IMAGE_SOURCE: Mapping[str, Check] = {"image_url": fetchable_url(), "slack_file": SLACK_FILE}
one_image_source = exactly_one("image_url", "slack_file")

DISPATCH = object_with({}, {"trigger_actions_on": array_of(one_of("on_enter_pressed", "on_character_entered"))})

CONVERSATION_FILTER = object_with(
    {},
    {
        "include": array_of(one_of("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": check_boolean,
        "exclude_bot_users": check_boolean,
    },
    at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
)


def option_object(text: Check, extra: Mapping[str, Check] | None = None) -> Check:
    """Check one option. The app receives its value, which has up to 150 characters."""
    return object_with({"text": text, "value": string_check(150)}, {"description": text, **(extra or {})})


PLAIN_OPTION = option_object(plain_text_check(75))
RICH_OPTION = option_object(any_text_check(75))
OVERFLOW_OPTION = option_object(plain_text_check(75), {"url": link_url()})
OPTION_GROUP = object_with({"label": plain_text_check(75), "options": array_of(PLAIN_OPTION, most=100)})


def all_options(element: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    grouped = [choice for group in element.get("option_groups", []) for choice in group["options"]]
    return [*element.get("options", []), *grouped]


def distinct_options(element: Mapping[str, Any], at: str) -> Iterator[Violation]:
    """Yield a violation for each option with the same value as an earlier one of the element."""
    found = [
        (pointer_to(pointer_to(pointer_to(at, "options"), index), "value"), choice["value"])
        for index, choice in enumerate(element.get("options", []))
    ]
    for number, group in enumerate(element.get("option_groups", [])):
        inside = f"{at}/option_groups/{number}/options"
        found += [(f"{inside}/{index}/value", choice["value"]) for index, choice in enumerate(group["options"])]
    yield from find_duplicates(found, "value")


def initial_among_options(element: Mapping[str, Any], at: str) -> Iterator[Violation]:
    """Yield a violation for each initial option that isn't exactly one of the options."""
    offered = [_comparable(choice) for choice in all_options(element)]
    chosen = [(pointer_to(at, "initial_option"), element["initial_option"])] if "initial_option" in element else []
    several = pointer_to(at, "initial_options")
    chosen += [(pointer_to(several, index), choice) for index, choice in enumerate(element.get("initial_options", []))]
    for pointer, choice in chosen:
        if _comparable(choice) not in offered:
            yield Violation(
                pointer, "not_an_option", "must match one of the provided options", {"got": choice["value"]}
            )


def _comparable(choice: Mapping[str, Any]) -> tuple[Any, ...]:
    """Reduce an option to the fields that identify it."""
    description = choice.get("description", {})
    return (choice["value"], choice["text"]["type"], choice["text"]["text"], description.get("text"))
