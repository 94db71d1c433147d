"""A success story: its form, its cards for author, reviewers and those it names, and the story as it is published."""

from collections.abc import Mapping, Sequence

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
from strategy.stories import (
    LONGEST_NOTE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_PEOPLE,
    Consent,
    Story,
    StoryState,
    StoryVerb,
)

FORM = "story.form"
NOTE = "story.note"
LONGEST_EVIDENCE = 2_600
CONSENT = "Everybody whom I name knows of this story"
AND_THEN = "Each of them is asked to agree before it is published."

STATES = {
    StoryState.DRAFT: ":pencil2: Draft",
    StoryState.SUBMITTED: ":inbox_tray: Waiting for review",
    StoryState.CHANGES_REQUESTED: ":question: Changes asked for",
    StoryState.APPROVED: ":white_check_mark: Approved",
    StoryState.PUBLISHED: ":star: Published",
    StoryState.WITHDRAWN: ":no_entry_sign: Withdrawn",
}
CONSENTS = {
    Consent.ASKED: "has not answered yet",
    Consent.GIVEN: "agrees",
    Consent.REFUSED: "does not want to be named",
}
NOTES = {
    StoryVerb.REQUEST_CHANGES: ("Ask for changes", "What should be changed?", "The author sees it."),
    StoryVerb.WITHDRAW: ("Withdraw the story", "Why?", "It is kept for the record."),
}


def build_story_modal(choices: Sequence[Choice], given: Story | None = None) -> Block:
    """The form. `choices` are the objectives and projects that everybody may know of; `given` is changed."""
    text = {"type": "plain_text_input", "action_id": "story.text", "multiline": True, "max_length": LONGEST_TEXT}
    title = {"type": "plain_text_input", "action_id": "story.title", "max_length": LONGEST_TITLE}
    evidence = {"type": "plain_text_input", "action_id": "story.evidence", "multiline": True}
    evidence |= {"max_length": LONGEST_EVIDENCE, "placeholder": plain_text("https://…")}
    people: Block = {"type": "multi_users_select", "action_id": "story.people", "max_selected_items": MOST_PEOPLE}
    people |= {"initial_users": [one.person for one in given.people]} if given and given.people else {}
    told = given.text if given else None
    where = "One a line: a link, or a figure and where it comes from."
    blocks = [
        input_block("title", "Title", _filled(title, given.title if given else None)),
        input_block("text", "What happened, and what is better now?", _filled(text, told)),
        _choice(
            "objective", "Objective that it serves", choices, SubjectKind.OBJECTIVE, given.objective if given else None
        ),
        _choice(
            "project", "Project that it comes from", choices, SubjectKind.PROJECT, given.project if given else None
        ),
        input_block(
            "evidence",
            "How do we know?",
            _filled(evidence, "\n".join(given.evidence) if given else None),
            hint=plain_text(where, 150),
        ),
        input_block("people", "People whom it names", people, optional=True),
        input_block("consent", "Their consent", _consent(), optional=True),
        context("Somebody of the PMO reads it before it is published to all."),
    ]
    more = {"private_metadata": given.id} if given else {}
    return build_modal("Success story", blocks, submit="Submit", callback_id=FORM, **more)


def build_story_note_modal(story: Story, event: StoryVerb) -> Block:
    """Words that go with an act; the window carries the act and the story's id."""
    title, label, hint = NOTES[event]
    field = {"type": "plain_text_input", "action_id": "story.note", "multiline": True, "max_length": LONGEST_NOTE}
    note = input_block("note", label, field | {"focus_on_load": True}, hint=plain_text(hint, 150))
    top = section(f"*{escape(story.title)}*")
    return build_modal(
        title, [top, note], submit="Send", callback_id=NOTE, private_metadata=f"{event.value}:{story.id}"
    )


def build_review_card(story: Story, post: Post, people: People) -> Message:
    """For the PMO."""
    acts = {
        StoryState.SUBMITTED: (_act(story, StoryVerb.APPROVE, "Approve and publish", "primary"), _changes(story)),
        StoryState.PUBLISHED: (_act(story, StoryVerb.WITHDRAW, "Withdraw", "danger"),),
    }
    return _card(story, post, people, "A success story", acts.get(story.state, ()))


def build_author_card(story: Story, post: Post, people: People, note: str) -> Message:
    """For the author; `note` is what a reviewer asked for last."""
    withdraw = _act(story, StoryVerb.WITHDRAW, "Withdraw", "danger")
    change = _act(story, StoryVerb.EDIT, "Change it", "primary")
    acts = {
        StoryState.SUBMITTED: (withdraw,),
        StoryState.CHANGES_REQUESTED: (change, withdraw),
        StoryState.APPROVED: (withdraw,),
        StoryState.PUBLISHED: (withdraw,),
    }
    made = _card(story, post, people, "Your success story", acts.get(story.state, ()))
    if note and story.state is StoryState.CHANGES_REQUESTED:
        made["blocks"].insert(2, section(f"*Asked for:* {escape(note)}"))
        made["text"] = shorten(f"{made['text']} Asked for: {escape(note)}", 3900)
    return made


def build_consent_reminder(story: Story, person: str) -> Message:
    """For somebody who has answered, in the thread under their card."""
    return build_message(
        f"{mention_user(person)} The story *{escape(story.title)}* has changed, so your earlier answer no longer "
        "counts. Please read it again above, and answer."
    )


def build_consent_card(story: Story, post: Post, people: People, person: str) -> Message:
    """For somebody whom the story names."""
    consent = next((one.consent for one in story.people if one.person == person), None)
    if consent is None:
        return build_message(f"The story *{escape(story.title)}* does not name you any more.")
    agree = _act(story, StoryVerb.CONSENT, "I agree", "primary")
    refuse = _act(story, StoryVerb.REFUSE, "Do not name me", None)
    is_over = story.state is StoryState.WITHDRAWN
    acts = () if is_over else (refuse,) if consent is Consent.GIVEN else (agree, refuse)
    author = people.get(story.author).name
    words = {
        Consent.ASKED: f"{escape(author)} names you in a success story. Do you agree?",
        Consent.GIVEN: "You agree to be named in this story.",
        Consent.REFUSED: "You do not want to be named in this story.",
    }[consent]
    return _card(story, post, people, words, acts, with_consents=False)


def build_published_message(post: Post) -> Message:
    """For everybody."""
    blocks = [header(f"⭐ {post.title}"), *(section(piece) for piece in post.body[:8]), context(post.context)]
    return build_message(post.text, blocks)


def build_withdrawn_message() -> Message:
    """In place of a story that was taken back."""
    return build_message("This success story was withdrawn.")


def build_story_step(story: Story, event: StoryVerb, actor: str, note: str) -> Message:
    """What has just happened, for the thread under a card."""
    did = {
        StoryVerb.SUBMIT: "submitted it again",
        StoryVerb.REQUEST_CHANGES: "asks for changes",
        StoryVerb.PUBLISH: "approved it; it is published",
        StoryVerb.WITHDRAW: "withdrew it",
        StoryVerb.CONSENT: "agrees to be named",
        StoryVerb.REFUSE: "does not want to be named",
    }[event]
    words = f"{mention_user(actor)} {did}: *{escape(story.title)}*"
    return build_message("\n>".join([words, *escape(note).splitlines()]))


def build_stories_section(own: Sequence[Story], waiting: Sequence[Story]) -> list[Block]:
    """The part of the App Home."""
    blocks: list[Block] = []
    if own:
        lines = [f"{STATES[one.state]} · {escape(one.title)}" for one in own]
        blocks.append(section("\n".join(["*My success stories*", *lines])))
    if waiting:
        lines = [f"{mention_user(one.author)}: {escape(one.title)}" for one in waiting]
        blocks.append(section("\n".join(["*Stories that wait for review*", *lines])))
    return blocks


def _card(
    story: Story, post: Post, people: People, words: str, acts: Sequence[Block], *, with_consents: bool = True
) -> Message:
    state = f"{STATES[story.state]} · {words}"
    blocks = [header(story.title), section(state), *(section(piece) for piece in post.body[:8]), context(post.context)]
    if story.people and with_consents:
        named = [f"{escape(people.get(one.person).name)} {CONSENTS[one.consent]}" for one in story.people]
        blocks.append(context(f"Named: {'; '.join(named)}"))
    blocks += [actions(acts)] if acts else []
    return build_message(f"{state}: {post.text}", blocks)


def _act(story: Story, event: StoryVerb, label: str, style: str | None) -> Block:
    return button(label, f"story.{event.value}", story.id, style=style)


def _changes(story: Story) -> Block:
    return _act(story, StoryVerb.REQUEST_CHANGES, "Ask for changes", None)


def _choice(key: str, label: str, choices: Sequence[Choice], kind: SubjectKind, given: str | None) -> Block:
    options = [{"text": plain_text("None", 75), "value": "none"}]
    options += [
        {"text": plain_text(title, 75), "value": subject.key} for subject, title in choices if subject.kind is kind
    ]
    initial = next((one for one in options if one["value"] == (given or "none")), options[0])
    element = {"type": "static_select", "action_id": f"story.{key}", "options": options[:100]}
    return input_block(key, label, element | {"initial_option": initial})


def _consent() -> Block:
    option = {"text": plain_text(CONSENT, 75), "description": plain_text(AND_THEN, 75), "value": "yes"}
    return {"type": "checkboxes", "action_id": "story.consent", "options": [option]}


def _filled(element: Mapping[str, object], value: str | None) -> Block:
    return dict(element) | ({"initial_value": value} if value else {})
