"""An answer from records: a sentence that answers, then the records, each with a button that opens it."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.slack.blocks.builders import Block, Message, actions, build_message, context, divider, section
from handlers.strategy.blocks.tree import build_subject_button
from reporting.text import fit_lines
from strategy.records import Subject

MOST_RECORDS = 20  # with a button each
MOST_LINES = 30
LARGEST_LIST = 2_700  # characters

Record = tuple[Subject | None, str]


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """`lead`, the records' lines and `note` are mrkdwn. `note` says which day the data is of."""

    lead: str
    records: Sequence[Record] = ()
    note: str = ""
    buttons: Sequence[Block] = ()


def build_record_message(answer: RecordAnswer) -> Message:
    """The answer as a message; its text says the same without buttons."""
    opened = [(subject, line) for subject, line in answer.records if subject][:MOST_RECORDS]
    plain = [line for subject, line in answer.records if subject is None]
    shown, more = fit_lines([f"• {line}" for line in plain], MOST_LINES, LARGEST_LIST)
    more += sum(subject is not None for subject, _ in answer.records) - len(opened)
    blocks = [section(answer.lead)]
    blocks += [section(line, accessory=build_subject_button(subject)) for subject, line in opened]
    blocks += [section("\n".join(shown))] if shown else []
    blocks += [actions(answer.buttons)] if answer.buttons else []
    notes = [f"… and {more} more."] if more else []
    notes += [answer.note] if answer.note else []
    lines = [answer.lead, *(line for _, line in opened), *shown, *notes]
    return build_message("\n".join(lines), [*blocks, *([context(" ".join(notes))] if notes else [])])


def merge_messages(messages: Sequence[Message]) -> Message:
    """Several answers as one message, in their order, with a line between them."""
    if len(messages) == 1:
        return messages[0]
    blocks = [block for one in messages for block in (divider(), *(one.get("blocks") or [section(one["text"])]))]
    return build_message("\n\n".join(one["text"] for one in messages), blocks[1:])
