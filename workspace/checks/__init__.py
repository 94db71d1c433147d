"""What Slack refuses: checks of messages, views and blocks before the local workspace takes them.

Each check answers a list of problems, empty when Slack would accept the payload. Pointers are those of the Web API's
own answers: "/blocks/…" for a message, "/view/…" for a view. Nothing is read, sent or changed.
"""

from collections.abc import Mapping
from typing import Any

from workspace.checks.blocks import Surface, check_blocks_at
from workspace.checks.message import check_message_at
from workspace.checks.schema import Problem
from workspace.checks.view import VIEW

__all__ = ["Problem", "Surface", "check_blocks", "check_message", "check_view"]


def check_message(payload: Mapping[str, Any]) -> list[Problem]:
    """The text, blocks, attachments, markdown_text and metadata of chat.postMessage, chat.update, chat.postEphemeral or
    a response_url; every other argument is left alone."""
    return list(check_message_at(payload))


def check_view(view: Mapping[str, Any]) -> list[Problem]:
    """A modal (views.open, push, update, `response_action`) or a Home tab (views.publish)."""
    return list(VIEW(view, "/view"))


def check_blocks(blocks: Any, surface: Surface) -> list[Problem]:
    """Blocks alone, as blocks.validate or an attachment has them."""
    return list(check_blocks_at(blocks, surface, "/blocks"))
