"""What Slack refuses: checks of messages, views and blocks before the local workspace takes them.

Each check answers a list of problems, empty when Slack would accept the payload. Pointers are those of the Web API's
own answers: "/blocks/…" for a message, "/view/…" for a view. Nothing is read, sent or changed.
"""

from collections.abc import Mapping
from typing import Any

from workspace.checks.blocks import check_blocks_at
from workspace.checks.elements import SUGGESTIONS
from workspace.checks.message import LONGEST_TEXT, LONGEST_UPDATED_TEXT, check_message_at
from workspace.checks.schema import Surface, Violation
from workspace.checks.stream import CHUNKS
from workspace.checks.view import VIEW

__all__ = ["Surface", "Violation", "check_blocks", "check_chunks", "check_message", "check_options", "check_view"]


def check_message(payload: Mapping[str, Any], *, updating: bool = False) -> list[Violation]:
    """The text, blocks, attachments, markdown_text and metadata of chat.postMessage, chat.postEphemeral, a response_url
    or, with `updating`, chat.update, which takes a tenth of the text. Every other argument is left alone."""
    return list(check_message_at(payload, LONGEST_UPDATED_TEXT if updating else LONGEST_TEXT))


def check_view(view: Mapping[str, Any]) -> list[Violation]:
    """A modal (views.open, push, update, `response_action`) or a Home tab (views.publish)."""
    return list(VIEW(view, "/view"))


def check_chunks(chunks: Any) -> list[Violation]:
    """What chat.startStream, appendStream and stopStream add to a message, each chunk by itself."""
    return list(CHUNKS(chunks, "/chunks"))


def check_options(answer: Any) -> list[Violation]:
    """What an app answers when an external select asks for its options."""
    return list(SUGGESTIONS(answer, ""))


def check_blocks(blocks: Any, surface: Surface) -> list[Violation]:
    """Blocks alone, as blocks.validate or an attachment has them."""
    return list(check_blocks_at(blocks, surface, "/blocks"))
