"""A progress update or a success story as it is posted to its channel."""

from dataclasses import dataclass

from foundation.people import People
from reporting.exceptions import title_of
from reporting.text import pieces
from reporting.words import say, tell, who
from strategy.records import ProgressUpdate, Strategy
from strategy.stories import Story

LARGEST_PIECE = 2_900  # characters; a section block holds 3,000


@dataclass(frozen=True, slots=True)
class Post:
    """`title` is plain text; `body` (at most 2,900 characters a piece), `context` and `text` are mrkdwn.

    `text` is one line for notifications and readers of the screen.
    """

    title: str
    body: tuple[str, ...]
    context: str
    text: str


def update_post(update: ProgressUpdate, strategy: Strategy, people: People) -> Post:
    """An update in full. NotFound when the readers of `strategy` may not know what it is about."""
    subject = strategy.subject(update.subject)
    author = who(people, update.author)
    parts = {
        "achieved": update.achieved,
        "next_steps": update.next_steps,
        "blocker": update.blocker,
        "ask": update.ask,
    }
    body = [tell("updates", "opening", rag=update.rag, summary=update.summary)]
    body += [tell("updates", name, text=text) for name, text in parts.items() if text]
    return Post(
        title=title_of(subject),
        body=_sized(*body),
        context=say(
            "updates",
            "context",
            author=author,
            at=update.at,
            kind=update.subject.kind,
            confidence=update.confidence,
            corrected=update.revision > 1,
            acknowledged=who(people, update.acknowledged_by) if update.acknowledged_by else None,
        ),
        text=say("updates", "notice", title=title_of(subject), rag=update.rag, author=author, summary=update.summary),
    )


def story_post(story: Story, strategy: Strategy, people: People) -> Post:
    """A story in full. NotFound when the readers of `strategy` may not know what it is tied to."""
    author = who(people, story.author)
    objective = strategy.objective(story.objective).title if story.objective else None
    project = strategy.project(story.project).name if story.project else None
    return Post(
        title=story.title,
        body=_sized(
            tell("stories", "body", text=story.text),
            tell("stories", "evidence", evidence=story.evidence),
        ),
        context=say(
            "stories",
            "context",
            author=author,
            objective=objective,
            project=project,
            people=[who(people, named.person) for named in story.people],
        ),
        text=say("stories", "notice", title=story.title, author=author, text=story.text),
    )


def _sized(*texts: str) -> tuple[str, ...]:
    return tuple(piece for text in texts for piece in pieces(text, LARGEST_PIECE))
