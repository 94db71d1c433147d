"""The same message in simpler blocks, and as plain text, for when Slack refuses its layout.

What a message says matters more than how it looks. Only what is refused is replaced, and buttons stay where they can.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from handlers.slack.blocks.builders import Block, Message, actions, escape, mention_user, mrkdwn, section
from handlers.slack.blocks.charts import list_chart_values, names_chart
from handlers.slack.blocks.markdown import render_markdown
from handlers.slack.blocks.tables import list_rows

LONGEST_TEXT = 3_900
LONGEST_SECTION = 2_900
MOST_BLOCKS = 50
MOST_STEPS = 8
NO_BUTTONS = "_Slack didn't accept the layout of this message, so its buttons are missing._"

# These have been there from the start, so they are the last to be replaced.
COMMON = frozenset({"section", "header", "divider", "context", "actions", "rich_text", "input"})
_POINTED = re.compile(r"/blocks/(\d+)")


class SimplerMessages:
    """Simpler versions of one message, one after the other.

    `find_next` takes what Slack found wrong with the latest version. Slack points to the blocks, or says nothing: then
    each newer kind is replaced alone, and after that all of them. The last version is plain text.
    """

    def __init__(self, message: Mapping[str, Any]) -> None:
        self._message = dict(message)
        self._original: list[Block] = list(message.get("blocks") or ())
        self._blocks = self._original
        self._steps = self._iterate_by_kind()
        self._left = MOST_STEPS
        is_long = len(str(message.get("text") or "")) > LONGEST_TEXT
        self._is_text = not (self._original or message.get("attachments") or is_long)

    def find_next(self, problems: Sequence[str]) -> Message | None:
        """The next version to try; None when there is none left."""
        if self._is_text:
            return None
        self._left -= 1
        blocks = (self._replace_pointed(problems) or next(self._steps, None)) if self._left > 0 else None
        if blocks is None:
            self._is_text = True
            return build_text_message(self._message)
        self._blocks = blocks
        return {name: part for name, part in self._message.items() if name != "attachments"} | {"blocks": blocks}

    def _replace_pointed(self, problems: Sequence[str]) -> list[Block] | None:
        """None if Slack points to no block, or to those that are as simple as can be."""
        pointed = {int(number) for problem in problems for number in _POINTED.findall(problem)[:1]}
        simpler = list(_replace(self._blocks, lambda place, _: place in pointed))
        return simpler if pointed and simpler != self._blocks else None

    def _iterate_by_kind(self) -> Iterator[list[Block]]:
        kinds = list(dict.fromkeys(str(block.get("type")) for block in self._original))
        newer = [kind for kind in kinds if kind not in COMMON]
        for kind in newer:
            yield list(_replace(self._original, lambda _, block, kind=kind: block.get("type") == kind))  # type: ignore[misc]
        if len(newer) > 1:
            yield list(_replace(self._original, lambda _, block: block.get("type") in newer))


def build_text_message(message: Mapping[str, Any]) -> Message:
    """Everything the message says as its text, without blocks. What only a click can do is missing."""
    blocks = list(message.get("blocks") or ())
    simpler = list(_replace(blocks, lambda _, block: block.get("type") not in COMMON))
    read = "\n".join(filter(None, (_read_block(block) for block in simpler)))
    text = max(str(message.get("text") or ""), read, key=len) or "…"
    has_buttons = any(block.get("type") == "actions" or block.get("accessory") for block in simpler)
    note = f"\n\n{NO_BUTTONS}" if has_buttons else ""
    left_out = ("blocks", "attachments", "text")
    kept = {name: part for name, part in message.items() if name not in left_out}
    return kept | {"text": mrkdwn(text, LONGEST_TEXT - len(note))["text"] + note}


def build_text_view(view: Mapping[str, Any]) -> Block:
    """The view with nothing but its text."""
    text = str(build_text_message({"blocks": view["blocks"]})["text"])
    return dict(view) | {"blocks": [section(part) for part in _split_lines(text)] or [section("…")]}


def _replace(blocks: Sequence[Block], is_refused: Callable[[int, Block], bool]) -> Iterator[Block]:
    for place, block in enumerate(blocks):
        if not is_refused(place, block):
            yield block
            continue
        following = blocks[place + 1] if place + 1 < len(blocks) else {}
        yield from _simplify(block, following)


def _simplify(block: Block, following: Block) -> list[Block]:
    """The block's content in blocks that Slack has had from the start; none if the following block says it all."""
    kind = str(block.get("type"))
    if kind == "data_visualization" and names_chart(following):
        return [section(f"*{escape(str(block.get('title', '')))}*")]
    if kind in _SIMPLER:
        return _SIMPLER[kind](block)
    if kind == "actions":  # nothing is simpler than buttons, and the others needn't go with them
        return []
    return _keep_text_and_buttons(block)


def _simplify_chart(block: Block) -> list[Block]:
    lines = [f"*{escape(str(block.get('title', '')))}*", *(f"• {escape(line)}" for line in list_chart_values(block))]
    return [section(part) for part in _split_lines("\n".join(lines))]


def _simplify_table(block: Block) -> list[Block]:
    caption = block.get("caption")
    return [*([section(f"*{escape(str(caption))}*")] if caption else []), list_rows(block)]


def _simplify_markdown(block: Block) -> list[Block]:
    rendered, _ = render_markdown(str(block.get("text", "")), 12_000, MOST_BLOCKS // 2)
    return rendered


def _simplify_image(block: Block) -> list[Block]:
    title = block.get("title")
    parts = [title.get("text") if isinstance(title, dict) else title, block.get("alt_text"), block.get("image_url")]
    lines = dict.fromkeys(escape(str(part)) for part in parts if part)
    return [section("\n".join(lines))] if lines else []


def _simplify_context_actions(block: Block) -> list[Block]:
    """Each button in a row of its own: in one row, Slack wants ids that differ."""
    return [actions([one]) for one in _find_buttons(block)]


def _keep_text_and_buttons(block: Block) -> list[Block]:
    texts = [section(part) for part in _split_lines("\n".join(_read_texts(block)))]
    buttons = [one for one in _find_buttons(block) if block.get("type") not in COMMON]
    return [*texts, *_simplify_context_actions({"elements": buttons})]


_SIMPLER: Mapping[str, Callable[[Block], list[Block]]] = {
    "data_visualization": _simplify_chart,
    "table": _simplify_table,
    "data_table": _simplify_table,
    "image": _simplify_image,
    "markdown": _simplify_markdown,
    "context_actions": _simplify_context_actions,
}


def _find_buttons(part: object) -> Iterator[Block]:
    if isinstance(part, list):
        for one in part:
            yield from _find_buttons(one)
    elif isinstance(part, dict):
        kind = part.get("type")
        if kind == "button":
            yield part
        elif kind == "feedback_buttons":
            for name in ("positive_button", "negative_button"):
                choice = part.get(name) or {}
                named = {"text": choice.get("text"), "value": choice.get("value"), "action_id": part.get("action_id")}
                yield {"type": "button"} | named
        else:
            for inner in part.values():
                yield from _find_buttons(inner)


def _read_block(block: Block) -> str:
    if block.get("type") in ("actions", "divider"):
        return ""
    return "\n".join(_read_texts({name: part for name, part in block.items() if name != "accessory"}))


_TEXT_FIELDS = ("title", "subtitle", "caption", "body", "text", "description", "label", "details", "output", "alt_text")


def _read_texts(part: object) -> list[str]:
    """Every text in a block as mrkdwn, in its order. Labels of buttons aren't among them."""
    if isinstance(part, list):
        return [text for one in part for text in _read_texts(one)]
    if not isinstance(part, dict) or part.get("type") in ("button", "feedback_buttons", "icon_button"):
        return []
    kind = part.get("type")
    if kind == "mrkdwn":
        return [str(part.get("text", ""))]
    if kind in _LINES:
        return ["".join(_read_run(run) for run in part.get("elements", ()))]
    if kind == "rich_text_list":
        return [f"• {text}" for text in _read_texts(part.get("elements", []))]
    own = [escape(str(part[name])) for name in _TEXT_FIELDS if isinstance(part.get(name), str | int | float)]
    return own + [text for inner in part.values() if isinstance(inner, dict | list) for text in _read_texts(inner)]


_LINES = ("rich_text_section", "rich_text_quote", "rich_text_preformatted")


def _read_run(run: Block) -> str:
    kind = run.get("type")
    if kind == "user":
        return mention_user(str(run.get("user_id")))
    if kind == "channel":
        return f"<#{run.get('channel_id')}>"
    if kind == "emoji":
        return f":{run.get('name')}:"
    text, url = str(run.get("text") or run.get("fallback") or ""), str(run.get("url") or "")
    return escape(f"{text} ({url})" if text and url and text != url else text or url)


def _split_lines(text: str) -> list[str]:
    """The text in parts that fit a section, broken between lines where possible."""
    parts: list[str] = []
    for line in _cut_lines(text.splitlines()):
        if parts and len(parts[-1]) + len(line) < LONGEST_SECTION:
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return [part for part in parts if part.strip()][:MOST_BLOCKS]


def _cut_lines(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield str(mrkdwn(line, LONGEST_SECTION)["text"])
