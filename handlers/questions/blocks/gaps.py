"""What the handbook left open, as a message."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.slack.blocks.builders import Block, Message, build_message, context, escape, header, section, shorten
from handlers.slack.blocks.rich_text import bullet_list, rich_text, text_run
from storage.questions import Gap

TITLE = "What the handbook left open"


@dataclass(frozen=True, slots=True)
class OpenGap:
    """A gap, and who else may know, when it sounds like a question for others."""

    gap: Gap
    refer_to: str = ""


def build_gaps_message(gaps: Sequence[OpenGap], unhelpful: Sequence[OpenGap], settled: int) -> Message:
    """`settled` counts the questions that the handbook answers by now."""
    if not gaps and not unhelpful:
        text = "The handbook left no question open in the last 90 days."
        return build_message(text + _settled(settled))
    blocks: list[Block] = [header(TITLE)]
    if gaps:
        blocks += [section("*Not answered* in the last 90 days, the most asked first:"), _list(gaps)]
    if unhelpful:
        blocks += [section("*Answered, but somebody found it not helpful:*"), _list(unhelpful)]
    closing = "Write a page or add the question to one, then import the handbook: what it answers leaves this list."
    blocks.append(context(closing + _settled(settled)))
    told = "; ".join(f"{one.gap.text} ({_times(one.gap)})" for one in [*gaps, *unhelpful])
    return build_message(f"{TITLE}: {escape(told)}", blocks)


def _list(found: Sequence[OpenGap]) -> Block:
    return rich_text(bullet_list(_item(one) for one in found))


def _item(one: OpenGap) -> list[Block]:
    gap = one.gap
    elsewhere = f"; it sounds like a question for {one.refer_to}" if one.refer_to else ""
    about = f"  {_times(gap)}, last on {gap.latest:%-d %B}{elsewhere}"
    runs = [text_run(shorten(gap.text, 200)), text_run(about, "italic")]
    return [*runs, text_run(f"\nThe PMO answered: {shorten(gap.answer, 200)}")] if gap.answer else runs


def _times(gap: Gap) -> str:
    return "once" if gap.times == 1 else "twice" if gap.times == 2 else f"{gap.times} times"


def _settled(count: int) -> str:
    if not count:
        return ""
    return (
        f" {count} that {'was' if count == 1 else 'were'} open before {'is' if count == 1 else 'are'} answered by now."
    )
