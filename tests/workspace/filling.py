"""Find elements by action_id or label, and fill in the values of a modal."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
CHOICE = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}
INITIAL = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "rich_text_value": "initial_value",
    "files": "initial_files",
}


def iterate_elements(holder: Json) -> Iterator[tuple[Json, Json]]:
    """Yield (block, element) for every element with an action_id in a message or view."""
    for block in holder.get("blocks") or []:
        for element in _iterate_inside(block):
            yield block, element
    for attachment in holder.get("attachments") or []:
        yield from iterate_elements(attachment)


def _iterate_inside(value: Any) -> Iterator[Json]:
    if isinstance(value, list):
        for item in value:
            yield from _iterate_inside(item)
    elif isinstance(value, dict):
        if "action_id" in value:
            yield value
        for item in value.values():
            yield from _iterate_inside(item)


def find_element(holder: Json, wanted: str) -> tuple[Json, Json]:
    """Return the element with this action_id (all of it, or the part before a colon), or with this label."""
    found = list(iterate_elements(holder))
    for block, element in found:
        if element["action_id"] == wanted:
            return block, element
    for block, element in found:
        if wanted in list_labels(block, element):
            return block, element
    known = ", ".join(f"{element['action_id']} ({' / '.join(list_labels(block, element))})" for block, element in found)
    raise AssertionError(f"There is no element {wanted!r}; there are: {known or 'none'}.")


def list_labels(block: Json, element: Json) -> list[str]:
    texts = [element.get("text"), block.get("label"), element.get("placeholder")]
    texts += [choice.get("text") for choice in iterate_options(element)]
    return [text["text"] for text in texts if isinstance(text, dict) and text.get("text")]


def iterate_options(element: Json) -> Iterator[Json]:
    yield from element.get("options") or []
    for group in element.get("option_groups") or []:
        yield from group["options"]
    for name in ("positive_button", "negative_button"):
        if name in element:
            yield element[name]


def find_option(element: Json, wanted: Any, extra: list[Json] | None = None) -> Json:
    """Return the option with this value or text. An option itself is returned as it is."""
    if isinstance(wanted, dict):
        return wanted
    candidates = [*iterate_options(element), *(extra or [])]
    for candidate in candidates:
        if wanted in (candidate.get("value"), candidate["text"]["text"]):
            return {name: candidate[name] for name in ("text", "value", "description") if name in candidate}
    known = ", ".join(f"{item['text']['text']} ({item.get('value')})" for item in candidates)
    raise AssertionError(f"{element['action_id']} has no option {wanted!r}; it has: {known or 'none'}.")


def build_filled_state(element: Json, value: Any, extra: list[Json] | None = None) -> Json:
    """Return the state of an element in which this value was entered."""
    field = CHOICE.get(element["type"], "value")
    if field == "selected_option":
        value = find_option(element, value, extra) if value is not None else None
    elif field == "selected_options":
        value = [find_option(element, item, extra) for item in value]
    elif field == "value" and value is not None:
        value = str(value)
    return {"type": element["type"], field: value}


def read_initial_state(element: Json) -> Json:
    """Return the state of an element before anybody has touched it."""
    field = CHOICE.get(element["type"], "value")
    empty: Any = [] if field in ("selected_options", "files") or field.endswith("s") else None
    return {"type": element["type"], field: element.get(INITIAL[field], empty)}


def read_initial_states(holder: Json) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for block, element in iterate_elements(holder):
        if element["type"] not in ("button", "overflow", "feedback_buttons", "icon_button", "workflow_button"):
            values.setdefault(block["block_id"], {})[element["action_id"]] = read_initial_state(element)
    return values


def build_action(block: Json, element: Json, value: Any, wanted: str) -> Json:
    """Return the action that a click on this element sends. `wanted` may be the label of an option."""
    common = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
    if element["type"] in ("button", "icon_button", "workflow_button"):
        return common | {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    chosen = wanted if value is None else value
    if element["type"] == "feedback_buttons":
        return common | {name: find_option(element, chosen)[name] for name in ("text", "value")}
    return common | build_filled_state(element, chosen)


def read_text(value: Any) -> str:
    """Return all text of a message, a view or a block, in order."""
    return "\n".join(_iterate_texts(value))


def _iterate_texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _iterate_texts(item)
    elif isinstance(value, dict):
        for name in ("title", "label", "text", "hint", "description", "alt_text", "caption", "user_id"):
            item = value.get(name)
            if isinstance(item, str) and item:
                yield item
            elif item:
                yield from _iterate_texts(item)
        for name, item in value.items():
            if isinstance(item, (list, dict)) and name not in (
                "title",
                "label",
                "text",
                "hint",
                "description",
                "state",
            ):
                yield from _iterate_texts(item)
