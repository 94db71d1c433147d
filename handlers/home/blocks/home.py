"""The App Home as a view."""

from collections.abc import Sequence

from handlers.slack.blocks.builders import Block, context, divider

MOST_BLOCKS = 100


def build_home_view(parts: Sequence[Sequence[Block]]) -> Block:
    """The parts, one below the other. Parts that don't fit are left out, with a note."""
    blocks: list[Block] = []
    for part in parts:
        if len(blocks) + len(part) + 1 >= MOST_BLOCKS:
            blocks.append(context("There's more than fits here. Type `/pmo help` for the commands that show the rest."))
            break
        blocks += [divider(), *part] if blocks else part
    return {"type": "home", "blocks": blocks}
