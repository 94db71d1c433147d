"""The questions that the handbook doesn't answer, as a message."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.questions.blocks.learning import build_choose_button
from handlers.slack.blocks.builders import (
    Block,
    Message,
    build_message,
    context,
    escape,
    format_date,
    header,
    section,
    shorten,
)
from storage.questions import Gap

TITLE = "Questions the handbook doesn't answer"


@dataclass(frozen=True, slots=True)
class OpenGap:
    """A gap, and who else may know the answer if the question is out of scope."""

    gap: Gap
    refer_to: str = ""


def build_gaps_message(gaps: Sequence[OpenGap], unhelpful: Sequence[OpenGap], closed: int) -> Message:
    """`closed` counts the questions that the handbook answers by now."""
    if not gaps and not unhelpful:
        return build_message(f"The handbook left no question unanswered in the last 90 days.{_describe_closed(closed)}")
    blocks: list[Block] = [header(TITLE)]
    if gaps:
        blocks += [section("*Not answered for sure* in the last 90 days, most frequent first:"), *_list_gaps(gaps)]
    if unhelpful:
        blocks += [section("*Answered, but marked as not helpful:*"), *_list_gaps(unhelpful)]
    closing = "To close a gap, choose the section that answers it, or write one and import the handbook."
    blocks.append(context(closing + _describe_closed(closed)))
    every = [*gaps, *unhelpful]
    summary = [f"{one.gap.text} ({_count_times(one.gap)})" for one in every if one.gap.is_quotable]
    summary += [_count_private(every)] if _count_private(every) else []
    return build_message(f"{TITLE}: {escape('; '.join(summary))}", blocks)


def _list_gaps(found: Sequence[OpenGap]) -> list[Block]:
    """Those that may be quoted, each with what is known of it, and the number of the others."""
    quoted = [_build_gap(one) for one in found if one.gap.is_quotable]
    private = _count_private(found)
    return [*quoted, *([context(private)] if private else [])]


def _count_private(found: Sequence[OpenGap]) -> str:
    """How often somebody asked what may not be quoted; empty if nobody did."""
    times = sum(one.gap.times for one in found if not one.gap.is_quotable)
    asked = "1 question was" if times == 1 else f"{times} questions were"
    return f"{asked} asked in private, and so {'is' if times == 1 else 'are'} not quoted here." if times else ""


def _build_gap(one: OpenGap) -> Block:
    """A question, what is known of it, and a button to say which section answers it."""
    gap = one.gap
    refer_to = f"; it sounds like a question for {one.refer_to}" if one.refer_to else ""
    about = f"asked {_count_times(gap)}, last on {format_date(gap.latest)}{refer_to}"
    lines = [escape(shorten(gap.text, 200)), f"_{escape(about)}_"]
    if gap.answer:
        lines.append(f"The PMO answered: {escape(shorten(gap.answer, 200))}")
    return section("\n".join(lines), accessory=build_choose_button(gap.id))


def _count_times(gap: Gap) -> str:
    return "once" if gap.times == 1 else "twice" if gap.times == 2 else f"{gap.times} times"


def _describe_closed(count: int) -> str:
    if not count:
        return ""
    return f" The handbook now answers {count} {'question' if count == 1 else 'questions'} that it didn't before."
