"""The content of messages and views: read it, check it, and complete it with ids and files."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workspace.block_ids import add_missing_ids
from workspace.checks import Violation, check_message, check_view
from workspace.errors import ApiError
from workspace.records import Json
from workspace.state import WorkspaceState
from workspace.web_api.call import Call

PICTURES = ("png", "jpg", "jpeg", "gif")
PARTS = ("text", "markdown_text", "blocks", "attachments", "metadata")


def read_message_fields(call: Call, *, updating: bool = False) -> Json:
    """Read the text, blocks, attachments and metadata of a message, and add ids to the blocks. Raises ApiError."""
    given = {
        "text": call.text("text"),
        "markdown_text": call.text("markdown_text"),
        "blocks": call.structure("blocks", "invalid_blocks_format"),
        "attachments": call.structure("attachments"),
        "metadata": call.structure("metadata", "invalid_metadata_format"),
    }
    return check_fields(call.hub.state, given, updating=updating)


def check_fields(state: WorkspaceState, given: Mapping[str, Any], *, updating: bool = False) -> Json:
    """Like `read_message_fields`, for fields from a response_url or an acknowledgement."""
    present = {name: given[name] for name in PARTS if given.get(name)}
    raise_violations(check_message(present, updating=updating))
    metadata = present.get("metadata")
    if metadata and metadata.get("event_payload", {}) is None:
        present["metadata"] = metadata | {"event_payload": {}}
    markdown = present.pop("markdown_text", None)
    if markdown:
        present |= {"text": markdown, "blocks": [{"type": "markdown", "text": markdown}]}
    return {"text": ""} | _complete_blocks(state, present, "")


def _complete_blocks(state: WorkspaceState, holder: Json, at: str) -> Json:
    """Complete the blocks of a message or attachment with ids and files."""
    whole = dict(holder)
    if holder.get("blocks"):
        whole["blocks"] = resolve_files(state, add_missing_ids(holder["blocks"]), f"{at}/blocks")
    if holder.get("attachments"):
        attached = enumerate(holder["attachments"])
        whole["attachments"] = [_complete_blocks(state, one, f"{at}/attachments/{index}") for index, one in attached]
    return whole


def check_view_argument(call: Call, kind: str) -> Json:
    """Read the `view` argument, a view of this kind (`modal` or `home`). Raises ApiError as `complete_view` does."""
    view = call.structure("view")
    if not isinstance(view, Mapping):
        raise ApiError("invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: view"]})
    return complete_view(call.hub.state, view, kind)


def complete_view(state: WorkspaceState, view: Mapping[str, Any], kind: str) -> Json:
    """Check a view and resolve its files. Raises ApiError `invalid_arguments` with all problems, `view_too_large`."""
    if view.get("type", kind) != kind:
        wrong = Violation("/view/type", "invalid_enum", f"must be {kind}", {"expected": [kind], "got": view["type"]})
        raise build_refusal([wrong])
    raise_violations(check_view(view))
    return dict(view) | {"blocks": resolve_files(state, view["blocks"], "/view/blocks")}


def raise_violations(problems: Iterable[Violation]) -> None:
    """Raise ApiError if there are problems."""
    found = list(problems)
    if found:
        raise build_refusal(found)


def build_refusal(found: Sequence[Violation]) -> ApiError:
    """Return an error that lists all problems in Slack's format, with the code of the most specific one."""
    name = next((item.error for item in found if item.error == item.code), found[0].error)
    errors = [
        {"pointer": item.pointer, "code": item.code, "message": item.message, "constraint": item.constraint}
        for item in found
    ]
    return ApiError(name, errors=errors, response_metadata={"messages": [f"[ERROR] {item}" for item in found]})


def resolve_files(state: WorkspaceState, value: Any, at: str) -> Any:
    """Copy `value`, adding the URL of each uploaded file that an image refers to. `at` is the pointer to `value`.

    Raises ApiError for a file that Slack wouldn't show.
    """
    if isinstance(value, list):
        return [resolve_files(state, item, f"{at}/{index}") for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    copy = {name: resolve_files(state, item, f"{at}/{name}") for name, item in value.items()}
    if isinstance(copy.get("slack_file"), dict):
        copy["slack_file"] |= _find_shown_file(state, copy["slack_file"], f"{at}/slack_file")
    return copy


def _find_shown_file(state: WorkspaceState, wanted: Json, at: str) -> Json:
    file = state.files.get(str(wanted.get("id"))) or _find_by_address(state, str(wanted.get("url", "")))
    if file is None or file["filetype"] not in PICTURES:
        raise build_refusal([Violation(at, "invalid_file", "invalid slack file", {"filetypes": PICTURES})])
    return {"id": file["id"], "url_private": file["url_private"]}


def _find_by_address(state: WorkspaceState, address: str) -> Json | None:
    parts = address.split("/files/")
    return state.files.get(parts[1].split("/")[0]) if len(parts) == 2 else None
