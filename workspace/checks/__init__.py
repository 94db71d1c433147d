"""Checks of messages, views and blocks: the local workspace refuses what Slack refuses.

Each check returns a list of violations, empty if Slack would accept the payload. Pointers look like those in responses
of the Web API: "/blocks/…" for a message, "/view/…" for a view. The checks have no side effects.
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
    """Check the text, blocks, attachments, markdown_text and metadata of a posted message. Other arguments are ignored.

    `updating` applies the limits of chat.update, which accepts a tenth of the text.
    """
    return list(check_message_at(payload, LONGEST_UPDATED_TEXT if updating else LONGEST_TEXT))


def check_view(view: Mapping[str, Any]) -> list[Violation]:
    """Check a modal (views.open, push, update, `response_action`) or a Home tab (views.publish)."""
    return list(VIEW(view, "/view"))


def check_chunks(chunks: Any) -> list[Violation]:
    """Check the chunks of chat.startStream, appendStream and stopStream, each by itself."""
    return list(CHUNKS(chunks, "/chunks"))


def check_options(answer: Any) -> list[Violation]:
    """Check an app's response to an external select that asks for its options."""
    return list(SUGGESTIONS(answer, ""))


def check_blocks(blocks: Any, surface: Surface) -> list[Violation]:
    """Check blocks alone, as in blocks.validate or an attachment."""
    return list(check_blocks_at(blocks, surface, "/blocks"))
