"""What a message or a view may hold, as the calls that post one check it."""

from collections.abc import Iterable, Mapping
from typing import Any

from workspace.block_ids import with_ids
from workspace.checks import Problem, check_message, check_view
from workspace.errors import Failure
from workspace.records import Json
from workspace.state import State
from workspace.web_api.call import Call

# Problems that Slack names by a code of their own; all others are `invalid_blocks` or `invalid_arguments`.
OWN_CODES = frozenset(
    {
        "no_text",
        "msg_too_long",
        "markdown_text_conflict",
        "msg_blocks_too_long",
        "too_many_attachments",
        "view_too_large",
    }
)
PARTS = ("text", "markdown_text", "blocks", "attachments", "metadata")


def message_fields(call: Call, *, updating: bool = False) -> Json:
    """The text, blocks, attachments and metadata of a message, with ids in the blocks. Raises Failure as Slack does."""
    given = {
        "text": call.text("text"),
        "markdown_text": call.text("markdown_text"),
        "blocks": call.structure("blocks", "invalid_blocks_format"),
        "attachments": call.structure("attachments"),
        "metadata": call.structure("metadata", "invalid_metadata_format"),
    }
    return checked_fields(call.hub.state, given, updating=updating)


def checked_fields(state: State, given: Mapping[str, Any], *, updating: bool = False) -> Json:
    """The same for fields that came another way (a response_url, an acknowledgement)."""
    present = {name: given[name] for name in PARTS if given.get(name)}
    refuse(check_message(present, updating=updating), "invalid_blocks")
    markdown = present.pop("markdown_text", None)
    if markdown:
        present |= {"text": markdown, "blocks": [{"type": "markdown", "text": markdown}]}
    if "blocks" in present:
        present["blocks"] = with_files(state, with_ids(present["blocks"]))
    return {"text": ""} | present


def checked_view(call: Call, kind: str = "") -> Json:
    """The view of a call. Raises Failure `invalid_arguments` with every problem and its place."""
    view = call.structure("view")
    if not isinstance(view, Mapping):
        raise Failure("invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: view"]})
    if kind and view.get("type") != kind:
        message = f"[ERROR] must be {kind} [json-pointer:/view/type]"
        raise Failure("invalid_arguments", response_metadata={"messages": [message]})
    refuse(check_view(view), "invalid_arguments")
    return dict(view)


def refuse(problems: Iterable[Problem], code: str) -> None:
    """Raise Failure if there are problems: with Slack's own code for the first where it has one, else with `code`."""
    found = list(problems)
    if not found:
        return
    own = next((item.code for item in found if item.code in OWN_CODES), code)
    errors = [
        {"pointer": item.pointer, "code": item.code, "message": item.message, "constraint": item.constraint}
        for item in found
    ]
    raise Failure(own, errors=errors, response_metadata={"messages": [f"[ERROR] {item}" for item in found]})


def with_files(state: State, blocks: list[Json]) -> list[Json]:
    """Give images that name an uploaded file its address. Raises Failure `invalid_blocks` for an unknown file."""
    for holder in _image_holders(blocks):
        wanted = holder["slack_file"]
        file = state.files.get(str(wanted.get("id"))) or _by_address(state, str(wanted.get("url", "")))
        if file is None:
            problem = "[ERROR] invalid slack file [json-pointer:/blocks]"
            raise Failure("invalid_blocks", response_metadata={"messages": [problem]})
        holder["slack_file"] = {**wanted, "id": file["id"], "url_private": file["url_private"]}
    return blocks


def _by_address(state: State, address: str) -> Json | None:
    parts = address.split("/files/")
    return state.files.get(parts[1].split("/")[0]) if len(parts) == 2 else None


def _image_holders(value: Any) -> Iterable[Json]:
    if isinstance(value, list):
        for item in value:
            yield from _image_holders(item)
    elif isinstance(value, dict):
        if isinstance(value.get("slack_file"), dict):
            yield value
        for item in value.values():
            if isinstance(item, list | dict):
                yield from _image_holders(item)
