"""A progress update or a success story in full, as it is posted to its channel."""

from dataclasses import dataclass

from foundation.people import People
from reporting.exceptions import get_record_title
from reporting.rendering import format_person, render_line, render_lines
from reporting.text import split_text
from strategy.records import ProgressUpdate, Strategy
from strategy.story_records import Story

LARGEST_PIECE = 2_900  # characters; a section block holds 3,000


@dataclass(frozen=True, slots=True)
class Post:
    """`title` is plain text; `body` (at most 2,900 characters a piece), `context` and `text` are mrkdwn.

    `text` is one line for notifications and screen readers.
    """

    title: str
    body: tuple[str, ...]
    context: str
    text: str


def build_update_post(update: ProgressUpdate, strategy: Strategy, people: People) -> Post:
    """An update in full. NotFound when the readers of `strategy` may not see its subject."""
    subject = strategy.subject(update.subject)
    author = format_person(people, update.author)
    parts = {
        "achieved": update.achieved,
        "next_steps": update.next_steps,
        "blocker": update.blocker,
        "ask": update.ask,
    }
    body = [render_lines("updates", "opening", rag=update.rag, summary=update.summary)]
    body += [render_lines("updates", name, text=text) for name, text in parts.items() if text]
    return Post(
        title=get_record_title(subject),
        body=_split_body(*body),
        context=render_line(
            "updates",
            "context",
            author=author,
            at=update.at,
            kind=update.subject.kind,
            confidence=update.confidence,
            corrected=update.revision > 1,
            acknowledged=format_person(people, update.acknowledged_by) if update.acknowledged_by else None,
        ),
        text=render_line(
            "updates", "notice", title=get_record_title(subject), rag=update.rag, author=author, summary=update.summary
        ),
    )


def build_story_post(story: Story, strategy: Strategy, people: People) -> Post:
    """A story in full. NotFound when the readers of `strategy` may not see what it is linked to."""
    author = format_person(people, story.author)
    objective = strategy.objective(story.objective).title if story.objective else None
    project = strategy.project(story.project).name if story.project else None
    return Post(
        title=story.title,
        body=_split_body(
            render_lines("stories", "body", text=story.text),
            render_lines("stories", "evidence", evidence=story.evidence),
        ),
        context=render_line(
            "stories",
            "context",
            author=author,
            objective=objective,
            project=project,
            people=[format_person(people, named.person) for named in story.people],
        ),
        text=render_line("stories", "notice", title=story.title, author=author, text=story.text),
    )


def _split_body(*texts: str) -> tuple[str, ...]:
    return tuple(piece for text in texts for piece in split_text(text, LARGEST_PIECE))
