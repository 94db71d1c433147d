"""What a message or a view may hold, as the calls that post one check it."""

from collections.abc import Iterable, Mapping
from typing import Any

from workspace.block_ids import with_ids
from workspace.checks import Problem, check_message, check_view
from workspace.errors import Failure
from workspace.records import Json
from workspace.web_api.call import Call

TEXT_AT_MOST = 40_000


def message_fields(call: Call) -> Json:
    """The text, blocks, attachments and metadata of a new message. Raises Failure as Slack does."""
    text, markdown = call.text("text"), call.text("markdown_text")
    blocks = call.structure("blocks", "invalid_blocks_format")
    attachments = call.structure("attachments")
    metadata = call.structure("metadata", "metadata_must_be_sent_from_app")
    if markdown and (text or blocks):
        raise Failure("markdown_text_conflict")
    if not (text or markdown or blocks or attachments):
        raise Failure("no_text")
    if max(len(text), len(markdown)) > TEXT_AT_MOST:
        raise Failure("msg_too_long")
    if markdown:
        text, blocks = markdown, [{"type": "markdown", "text": markdown}]
    checked = {"text": text, "blocks": blocks, "attachments": attachments, "metadata": metadata}
    _refuse(check_message({key: value for key, value in checked.items() if value}), "invalid_blocks")
    return _present(text=text, blocks=with_ids(blocks) if blocks else None, attachments=attachments, metadata=metadata)


def _present(*, text: str, **fields: Any) -> Json:
    return {"text": text} | {name: value for name, value in fields.items() if value}


def checked_view(call: Call, kind: str = "") -> Json:
    """The view of a call. Raises Failure `invalid_arguments` with every problem and its place."""
    view = call.structure("view")
    if not isinstance(view, Mapping):
        raise Failure("invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: view"]})
    if kind and view.get("type") != kind:
        raise Failure("invalid_arguments", response_metadata={"messages": [f"[ERROR] view.type must be {kind}"]})
    _refuse(check_view(view), "invalid_arguments")
    return dict(view)


def refuse_bad_view(view: Mapping[str, Any]) -> None:
    _refuse(check_view(view), "invalid_arguments")


def _refuse(problems: Iterable[Problem], code: str) -> None:
    found = list(problems)
    if not found:
        return
    errors = [
        {"pointer": item.pointer, "code": item.code, "message": item.message, "constraint": item.constraint}
        for item in found
    ]
    messages = [f"[ERROR] {item.message} [json-pointer:{item.pointer}]" for item in found]
    raise Failure(code, errors=errors, response_metadata={"messages": messages})
