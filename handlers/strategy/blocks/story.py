"""A success story: its form, its cards for author, reviewers and those it names, and the story as it is published."""

from collections.abc import Iterable, Mapping, Sequence

from foundation.people import People
from handlers.slack.blocks.builders import (
    Block,
    Message,
    actions,
    build_message,
    build_modal,
    button,
    context,
    escape,
    header,
    input_block,
    mention_user,
    plain_text,
    section,
    shorten,
)
from handlers.strategy.blocks.tree import Choice
from reporting.posts import Post
from strategy.records import SubjectKind
from strategy.stories import LONGEST_NOTE, LONGEST_TEXT, LONGEST_TITLE, MOST_PEOPLE
from strategy.story_records import Consent, Story, StoryLogEntry, StoryState, StoryVerb
from strategy.story_transitions import StoryRelation, find_story_verbs_for

FORM = "story.form"
NOTE = "story.note"
LONGEST_EVIDENCE = 2_600
MOST_MISSED = 3
CONSENT = "Everyone I name knows about this story"
CONSENT_NEXT = "I'll ask each of them to agree before it's published."

STATES = {
    StoryState.DRAFT: ":pencil2: Draft",
    StoryState.SUBMITTED: ":inbox_tray: Waiting for review",
    StoryState.CHANGES_REQUESTED: ":question: Changes requested",
    StoryState.APPROVED: ":white_check_mark: Approved",
    StoryState.PUBLISHED: ":star: Published",
    StoryState.WITHDRAWN: ":no_entry_sign: Withdrawn",
}
CONSENTS = {
    Consent.ASKED: "hasn't answered yet",
    Consent.GIVEN: "agreed",
    Consent.REFUSED: "doesn't want to be named",
}
NOTES = {
    StoryVerb.REQUEST_CHANGES: ("Ask for changes", "What should change?", "The author sees this."),
    StoryVerb.WITHDRAW: ("Withdraw the story", "Why are you withdrawing it?", "The reason stays on record."),
}
STEPS = {
    StoryVerb.EDIT: "edited",
    StoryVerb.SUBMIT: "resubmitted",
    StoryVerb.APPROVE: "approved",
    StoryVerb.REQUEST_CHANGES: "asked for changes to",
    StoryVerb.PUBLISH: "approved and published",
    StoryVerb.WITHDRAW: "withdrew",
    StoryVerb.CONSENT: "agreed to be named in",
    StoryVerb.REFUSE: "doesn't want to be named in",
}
# The verbs that have a button on a card, each with its label and style.
BUTTONS: Mapping[StoryVerb, tuple[str, str | None]] = {
    StoryVerb.EDIT: ("Edit", "primary"),
    StoryVerb.APPROVE: ("Approve and publish", "primary"),
    StoryVerb.REQUEST_CHANGES: ("Ask for changes", None),
    StoryVerb.WITHDRAW: ("Withdraw", "danger"),
    StoryVerb.CONSENT: ("I agree", "primary"),
    StoryVerb.REFUSE: ("Don't name me", None),
}


def build_story_modal(choices: Sequence[Choice], story: Story | None = None, version: int = 0) -> Block:
    """The form. `choices` are the objectives and projects that everybody may see; `story` is the one to edit.

    Its metadata is “id:version”, empty for a new story.
    """
    text = {"type": "plain_text_input", "action_id": "story.text", "multiline": True, "max_length": LONGEST_TEXT}
    title = {"type": "plain_text_input", "action_id": "story.title", "max_length": LONGEST_TITLE}
    people: Block = {"type": "multi_users_select", "action_id": "story.people", "max_selected_items": MOST_PEOPLE}
    people |= {"initial_users": [one.person for one in story.people]} if story and story.people else {}
    objective, project = (story.objective, story.project) if story else (None, None)
    blocks = [
        input_block("title", "Title", _prefill(title, story.title if story else None)),
        input_block("text", "What happened, and what's better now?", _prefill(text, story.text if story else None)),
        _build_choice("objective", "Objective it supports", choices, SubjectKind.OBJECTIVE, objective),
        _build_choice("project", "Project it comes from", choices, SubjectKind.PROJECT, project),
        _build_evidence_input(story),
        input_block("people", "People it names", people, optional=True),
        input_block("consent", "Their consent", _build_consent_box(), optional=True),
        context("Someone from the PMO reviews the story before it's published for everyone."),
    ]
    more = {"private_metadata": f"{story.id}:{version}"} if story else {}
    return build_modal("Success story", blocks, submit="Submit", callback_id=FORM, **more)


def build_story_note_modal(story: Story, version: int, verb: StoryVerb) -> Block:
    """The note that goes with a verb. Its metadata is “verb:id:version”."""
    title, label, hint = NOTES[verb]
    field = {"type": "plain_text_input", "action_id": "story.note", "multiline": True, "max_length": LONGEST_NOTE}
    note = input_block("note", label, field | {"focus_on_load": True}, hint=plain_text(hint, 150))
    top = section(f"*{escape(story.title)}*")
    metadata = f"{verb.value}:{story.id}:{version}"
    return build_modal(title, [top, note], submit="Send", callback_id=NOTE, private_metadata=metadata)


def build_review_card(story: Story, post: Post, people: People) -> Message:
    """For the PMO."""
    side = {StoryRelation.REVIEWER}
    side |= {StoryRelation.PMO_LEAD} if story.state is StoryState.PUBLISHED else set()
    return _build_card(story, post, people, "Success story", _build_buttons(story, side))


def build_author_card(story: Story, post: Post, people: People, note: str) -> Message:
    """For the author; `note` is what a reviewer asked for last."""
    card = _build_card(story, post, people, "Your success story", _build_buttons(story, {StoryRelation.AUTHOR}))
    if note and story.state is StoryState.CHANGES_REQUESTED:
        card["blocks"].insert(2, section(f"*What to change:* {escape(note)}"))
        card["text"] = shorten(f"{card['text']} What to change: {escape(note)}", 3900)
    return card


def build_consent_reminder(story: Story, person: str) -> Message:
    """For somebody who has answered, in the thread under their card."""
    return build_message(
        f"{mention_user(person)} The story *{escape(story.title)}* has changed since you answered. "
        "Please read it again above and answer again."
    )


def build_consent_card(story: Story, post: Post, people: People, person: str) -> Message:
    """For somebody whom the story names."""
    consent = next((one.consent for one in story.people if one.person == person), None)
    if consent is None:
        return build_message(f"The story *{escape(story.title)}* no longer names you.")
    buttons = _build_buttons(story, {StoryRelation.NAMED}, hidden=_ANSWERED[consent])
    author = people.get(story.author).name
    heading = {
        Consent.ASKED: f"{escape(author)} names you in a success story. Do you agree?",
        Consent.GIVEN: "You agreed to be named in this story.",
        Consent.REFUSED: "You don't want to be named in this story.",
    }[consent]
    return _build_card(story, post, people, heading, buttons, with_consents=False)


def build_hidden_consent_card(story: Story) -> Message:
    """For somebody whom the story names and who may no longer read it. They can still say no."""
    text = "A success story names you. Ask the PMO if you want to read it. You can say no to being named."
    return build_message(
        text, [section(text), *_build_buttons(story, {StoryRelation.NAMED}, hidden=_ANSWERED[Consent.GIVEN])]
    )


def build_published_message(post: Post) -> Message:
    """For everybody."""
    blocks = [header(f"⭐ {post.title}"), *(section(piece) for piece in post.body[:8]), context(post.context)]
    return build_message(post.text, blocks)


def build_withdrawn_message() -> Message:
    """In place of a story that was withdrawn."""
    return build_message("This success story was withdrawn.")


def build_story_step(story: Story, entry: StoryLogEntry) -> Message:
    """What has just happened, for the thread under a card."""
    step = f"{mention_user(entry.actor)} {STEPS[entry.verb]} *{escape(story.title)}*."
    return build_message("\n>".join([step, *escape(entry.note).splitlines()]))


def describe_missed_steps(entries: Sequence[StoryLogEntry], people: People) -> str:
    """What somebody didn't see before they decided, and what to do now, in plain text."""
    steps = " ".join(f"{people.get(one.actor).name} {STEPS[one.verb]} it." for one in entries[-MOST_MISSED:])
    return f"This story has changed since you opened this window. {steps} Look at its card again, then decide."


def build_stories_section(own: Sequence[Story], waiting: Sequence[Story]) -> list[Block]:
    """The part of the App Home."""
    blocks: list[Block] = []
    if own:
        lines = [f"{STATES[one.state]} · {escape(one.title)}" for one in own]
        blocks.append(section("\n".join(["*Your success stories*", *lines])))
    if waiting:
        lines = [f"{mention_user(one.author)}: {escape(one.title)}" for one in waiting]
        blocks.append(section("\n".join(["*Stories waiting for review*", *lines])))
    return blocks


# Somebody who has agreed needs no button to agree again; both answers can be changed.
_ANSWERED: Mapping[Consent, frozenset[StoryVerb]] = {
    Consent.ASKED: frozenset(),
    Consent.GIVEN: frozenset({StoryVerb.CONSENT}),
    Consent.REFUSED: frozenset(),
}


def _build_card(
    story: Story, post: Post, people: People, heading: str, buttons: Sequence[Block], *, with_consents: bool = True
) -> Message:
    status = f"{STATES[story.state]} · {heading}"
    blocks = [header(story.title), section(status), *(section(piece) for piece in post.body[:8]), context(post.context)]
    if story.people and with_consents:
        named = [f"{escape(people.get(one.person).name)} {CONSENTS[one.consent]}" for one in story.people]
        blocks.append(context(f"People named: {'; '.join(named)}"))
    blocks += [actions(buttons)] if buttons else []
    return build_message(f"{status}: {post.text}", blocks)


def _build_buttons(
    story: Story, side: Iterable[StoryRelation], hidden: frozenset[StoryVerb] = frozenset()
) -> list[Block]:
    """A button for each verb that the table allows to this side now."""
    verbs = [verb for verb in find_story_verbs_for(story, side) if verb in BUTTONS and verb not in hidden]
    return [button(BUTTONS[verb][0], f"story.{verb.value}", story.id, style=BUTTONS[verb][1]) for verb in verbs]


def _build_evidence_input(given: Story | None) -> Block:
    element = {"type": "plain_text_input", "action_id": "story.evidence", "multiline": True}
    element |= {"max_length": LONGEST_EVIDENCE, "placeholder": plain_text("https://…")}
    hint = plain_text("One per line: a link, or a figure and its source.", 150)
    prefilled = _prefill(element, "\n".join(given.evidence) if given else None)
    return input_block("evidence", "How do we know?", prefilled, hint=hint)


def _build_choice(key: str, label: str, choices: Sequence[Choice], kind: SubjectKind, given: str | None) -> Block:
    options = [{"text": plain_text("None", 75), "value": "none"}]
    options += [
        {"text": plain_text(title, 75), "value": subject.key} for subject, title in choices if subject.kind is kind
    ]
    initial = next((one for one in options if one["value"] == (given or "none")), options[0])
    element = {"type": "static_select", "action_id": f"story.{key}", "options": options[:100]}
    return input_block(key, label, element | {"initial_option": initial})


def _build_consent_box() -> Block:
    option = {"text": plain_text(CONSENT, 75), "description": plain_text(CONSENT_NEXT, 75), "value": "yes"}
    return {"type": "checkboxes", "action_id": "story.consent", "options": [option]}


def _prefill(element: Mapping[str, object], value: str | None) -> Block:
    return dict(element) | ({"initial_value": value} if value else {})
