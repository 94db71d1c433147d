"""Which section answers a question: buttons and a form for the PMO, and the list of what was learned."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handlers.questions.blocks.places import LONGEST_VALUE
from handlers.slack.blocks.builders import (
    Block,
    Message,
    actions,
    build_message,
    build_modal,
    button,
    context,
    escape,
    format_date,
    header,
    input_block,
    plain_text,
    section,
    shorten,
)
from handlers.slack.blocks.rich_text import quote_text, rich_text
from knowledge.learned_questions import LearnedQuestion
from knowledge.sections import SectionPlace

TITLE = "Learned questions"
ASK = "*Which section answers it?* From then on, the question and others like it are answered from there."
CHOOSE = "Choose a section"
MOST_BUTTONS = 3
LONGEST_LABEL = 75
LONGEST_OPTION = 150  # characters of an option's value
LONGEST_METADATA = 2_900


@dataclass(frozen=True, slots=True)
class LearnedItem:
    """A learned question with the name of who added it; `place` is None if its section is gone."""

    learned: LearnedQuestion
    name: str
    place: SectionPlace | None


def build_teach_blocks(question_id: str, places: Sequence[SectionPlace]) -> list[Block]:
    """A button for each of the closest sections, and one to choose another."""
    buttons = [
        button(f"✓ {_label_place(one)}", f"learned.add.{number}", value)
        for number, one in enumerate(places[:MOST_BUTTONS], start=1)
        if len(value := json.dumps([question_id, one.page_id, one.anchor])) <= LONGEST_VALUE
    ]
    other = "Another section" if buttons else CHOOSE
    return [section(ASK), actions([*buttons, build_choose_button(question_id, other)])]


def build_teach_message(question_id: str, text: str, places: Sequence[SectionPlace]) -> Message:
    """The same as a message to somebody from the PMO. `text` is the question."""
    intro = f"For the PMO: “{escape(shorten(text, 300))}”"
    return build_message(f"{intro} {ASK}", [context(intro), *build_teach_blocks(question_id, places)])


def build_choose_button(question_id: str, label: str = CHOOSE) -> Block:
    return button(label, "learned.choose", question_id)


def build_choose_form(question_id: str, text: str, places: Sequence[SectionPlace]) -> Block:
    """The form to choose any section: one of the closest, or one that the search field finds."""
    metadata, offered = _fit_metadata(question_id, places)
    blocks: list[Block] = [rich_text(quote_text(text))]
    if offered:
        options = [_build_option(one, str(number)) for number, one in enumerate(offered)]
        radios = {"type": "radio_buttons", "action_id": "learned.nearest", "options": options}
        blocks.append(input_block("nearest", "Closest sections", radios, optional=True))
    search = {
        "type": "external_select",
        "action_id": "learned.section",
        "min_query_length": 2,
        "placeholder": plain_text("Search all sections"),
    }
    blocks.append(input_block("other", "Another section" if offered else "Section", search, optional=True))
    blocks.append(context("It's added at once, with your name. You can undo it, and `/pmo learned` lists everything."))
    return build_modal("Which section?", blocks, submit="Add", callback_id="learned.choose", private_metadata=metadata)


def read_form_metadata(metadata: str) -> tuple[str, list[tuple[str, str]]]:
    """The id of the question, and page and anchor of each of the closest sections that the form offered."""
    question_id, *places = json.loads(metadata)
    return str(question_id), [(str(page_id), str(anchor)) for page_id, anchor in places]


def build_section_options(places: Iterable[SectionPlace]) -> list[Block]:
    """Options of the search field. A section whose key is longer than Slack takes can't be offered."""
    keyed = ((one, json.dumps([one.page_id, one.anchor])) for one in places)
    return [_build_option(one, key) for one, key in keyed if len(key) <= LONGEST_OPTION]


def build_learned_message(learned: LearnedQuestion, place: SectionPlace, *, is_new: bool) -> Message:
    """That a question was added to a section, or was there already."""
    done = "now answers" if is_new else "already answers"
    text = f"📖 *{escape(place.section)}* {done} “{escape(shorten(learned.text, 300))}”."
    note = " This takes effect in a few seconds." if is_new else ""
    return build_message(f"{text}{note}", [section(f"{text}{note}"), actions([_build_remove_button(learned, "Undo")])])


def build_removed_message(learned: LearnedQuestion, *, was_current: bool) -> Message:
    """That a question was removed from its section, by this click or before."""
    how = "Removed" if was_current else "Removed before"
    text = f"{how}: “{escape(shorten(learned.text, 300))}”"
    return build_message(text, [section(text), actions([button("Undo", "learned.restore", learned.id)])])


def build_learned_list(items: Sequence[LearnedItem], count: int) -> Message:
    """The newest learned questions, of `count` in all."""
    if not items:
        return build_message(
            "No section has learned a question yet. "
            f"Choose “{CHOOSE}” in `/pmo gaps`, or after an answer that didn't help."
        )
    more = [context(f"These are the latest {len(items)} of {count}.")] if count > len(items) else []
    listed = "; ".join(f"{one.learned.text} → {_name_place(one)}" for one in items)
    return build_message(f"{TITLE}: {escape(listed)}", [header(TITLE), *(_build_item(one) for one in items), *more])


def _build_item(item: LearnedItem) -> Block:
    who = f"{item.name}, {format_date(item.learned.learned_at)}"
    text = f"“{escape(shorten(item.learned.text, 300))}”\n{escape(_name_place(item))}\n_{escape(who)}_"
    return section(text, accessory=_build_remove_button(item.learned, "Remove"))


def _name_place(item: LearnedItem) -> str:
    if item.place:
        return f"📖 {item.place.section}"
    return f"⚠️ The section is no longer in the handbook ({item.learned.page_id}#{item.learned.anchor})"


def _build_remove_button(learned: LearnedQuestion, label: str) -> Block:
    return button(label, "learned.remove", learned.id)


def _label_place(place: SectionPlace) -> str:
    """The heading and, if there's room, the page."""
    heading = place.section.rsplit(" › ", 1)[-1]
    whole = heading if heading == place.page else f"{heading} ({place.page})"
    return shorten(whole if len(whole) < LONGEST_LABEL - 1 else heading, LONGEST_LABEL - 2)


def _build_option(place: SectionPlace, value: str) -> Block:
    return {"text": plain_text(_label_place(place), LONGEST_LABEL), "value": value}


def _fit_metadata(question_id: str, places: Sequence[SectionPlace]) -> tuple[str, list[SectionPlace]]:
    """The form's metadata, and the places that fit into it."""
    offered = list(places)
    while True:
        metadata = json.dumps([question_id, *([one.page_id, one.anchor] for one in offered)])
        if len(metadata) <= LONGEST_METADATA or not offered:
            return metadata, offered
        offered.pop()
