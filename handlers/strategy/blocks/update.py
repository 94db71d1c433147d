"""A progress update: its form and its messages."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.slack.blocks.builders import (
    Block,
    Message,
    actions,
    build_message,
    build_modal,
    button,
    context,
    escape,
    format_time,
    header,
    input_block,
    plain_text,
    section,
)
from handlers.strategy.blocks.tree import Choice, decode_subject, encode_subject
from reporting.posts import Post
from strategy.records import ProgressUpdate, Rag, Subject, SubjectKind
from strategy.updates import LONGEST, MOST_CONFIDENT

FORM = "update.form"
MOST_CHOICES = 100
COLOURS = {
    Rag.GREEN: ":large_green_circle: Green: on track",
    Rag.AMBER: ":large_yellow_circle: Amber: at risk, being handled by the owner",
    Rag.RED: ":red_circle: Red: off track, needs help",
}
# Field → label, hint, whether it is optional.
FIELDS: Mapping[str, tuple[str, str, bool]] = {
    "summary": ("How is it going?", "One sentence for a busy reader.", False),
    "achieved": ("Achieved since the last update", "", True),
    "next_steps": ("Next steps", "", True),
    "blocker": ("What's blocking it?", "Required for amber and red, unless you ask for help below.", True),
    "ask": ("What help do you need, and from whom?", "Stays open until someone acknowledges it.", True),
}


def encode_update(subject: Subject, slot: datetime) -> str:
    """An update as the value of a button."""
    return f"{encode_subject(subject)}:{slot.isoformat()}"


def decode_update(value: str) -> tuple[Subject, datetime]:
    """The subject and slot in a button's value."""
    kind, key, slot = value.split(":", 2)
    return decode_subject(f"{kind}:{key}"), datetime.fromisoformat(slot)


def build_update_modal(choices: Sequence[Choice], chosen: Subject | None, due: datetime | None) -> Block:
    """The empty form.

    `choices` is what the person reports on, at least one; `due` is the slot of the update if all of them share it.
    """
    first = chosen or (choices[0][0] if len(choices) == 1 else None)
    blocks = [input_block("subject", "Objective or project", _build_subject_select(choices, first)), *_build_fields({})]
    if due:
        blocks.append(context(f"For the update due {format_time(due)}."))
    return build_modal("Progress update", blocks, submit="Send", callback_id=FORM)


def build_correction_modal(update: ProgressUpdate, title: str) -> Block:
    """The form filled in with the update, whose id it carries."""
    values = {
        "rag": update.rag.value,
        "confidence": "" if update.confidence is None else str(update.confidence),
        **{name: getattr(update, name) for name in FIELDS},
    }
    top = section(f"*{escape(title)}*\nYour correction replaces the current text.")
    return build_modal(
        "Correct the update",
        [top, *_build_fields(values)],
        submit="Save",
        callback_id=FORM,
        private_metadata=encode_update(update.subject, update.slot),
    )


def build_update_message(update: ProgressUpdate, post: Post) -> Message:
    """The update as others read it, with a button to acknowledge it until somebody has."""
    blocks = [header(post.title), *(section(piece) for piece in post.body[:8]), context(post.context)]
    if update.acknowledged_by is None:
        blocks.append(actions([button("Acknowledge", "update.seen", encode_update(update.subject, update.slot))]))
    return build_message(post.text, blocks)


def build_author_message(update: ProgressUpdate, post: Post, where: str) -> Message:
    """The author's own copy. `where` says who reads it, as mrkdwn."""
    done = "Your correction is saved" if update.revision > 1 else "Thanks, your update is in"
    sentence = f"{done}: *{escape(post.title)}* is {update.rag.value}. {where}"
    correct = button("Correct", "update.correct", encode_update(update.subject, update.slot))
    seen = [context(post.context)] if update.acknowledged_by else []
    return build_message(
        f"{sentence} {post.text}", [section(sentence), section(post.body[0]), *seen, actions([correct])]
    )


def _build_fields(values: Mapping[str, str]) -> list[Block]:
    colours = [{"text": plain_text(label, 75, emoji=True), "value": colour.value} for colour, label in COLOURS.items()]
    rag: Block = {"type": "radio_buttons", "action_id": "update.rag", "options": colours}
    initial = next((one for one in colours if one["value"] == values.get("rag")), None)
    blocks = [input_block("rag", "Status", rag | ({"initial_option": initial} if initial else {}))]
    for name, (label, hint, may_be_empty) in FIELDS.items():
        element = _build_text_input(name, values.get(name, ""))
        more = {"hint": plain_text(hint, 150)} if hint else {}
        blocks.append(input_block(name, label, element, optional=may_be_empty, **more))
    number: Block = {
        "type": "number_input",
        "action_id": "update.confidence",
        "is_decimal_allowed": False,
        "min_value": "0",
        "max_value": str(MOST_CONFIDENT),
    }
    number |= {"initial_value": values["confidence"]} if values.get("confidence") else {}
    label = f"How confident are you that you'll reach the goal? (0 to {MOST_CONFIDENT})"
    return [*blocks, input_block("confidence", label, number, optional=True)]


def _build_text_input(name: str, value: str) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": f"update.{name}",
        "multiline": name != "summary",
        "max_length": LONGEST[name],
    }
    return element | ({"initial_value": value} if value else {})


def _build_subject_select(choices: Sequence[Choice], chosen: Subject | None) -> Block:
    groups, initial = [], None
    for kind, label in ((SubjectKind.OBJECTIVE, "Objectives"), (SubjectKind.PROJECT, "Projects")):
        options = [
            {"text": plain_text(title, 75), "value": encode_subject(subject)}
            for subject, title in choices[:MOST_CHOICES]
            if subject.kind is kind
        ]
        groups += [{"label": plain_text(label, 75), "options": options}] if options else []
        initial = initial or next((one for one in options if chosen and one["value"] == encode_subject(chosen)), None)
    select: Block = {
        "type": "static_select",
        "action_id": "update.subject",
        "placeholder": plain_text("Choose an objective or a project"),
        "option_groups": groups,
    }
    return select | ({"initial_option": initial} if initial else {})
