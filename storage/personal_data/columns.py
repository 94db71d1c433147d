"""What every column may say about people. A test fails when a column is missing here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Content(StrEnum):
    """What a column has in it, and so what erasing somebody does to it."""

    NOTHING = "nothing"  # about people
    PERSON = "person"  # one person's id, which is replaced
    REMOVED = "removed"  # a person's id; the row is only of use to them, so it's deleted
    KEY = "key"  # ids among other parts, which are replaced
    PAYLOAD = "payload"  # what Slack sent; emptied if it names them
    MESSAGE = "message"  # the bot's own message; ids and names are replaced, and what is in Slack is edited
    GENERATED = "generated"  # the bot's own words, or figures; ids and names are replaced
    WORDS = "words"  # of the row's author; in the person's own, ids and names are replaced
    RECORD = "record"  # JSON with fields that are ids, which are replaced, and with words of the row's author
    REQUEST = "request"  # the same, but its words come from several people: those that the log attributes
    TERMS = "terms"  # the words of another column, sorted
    DOCUMENT = "document"  # of the organisation; for review only
    FILE = "file"  # the text of a document that was imported; ids are replaced
    PLAN = "plan"  # the same file as JSON
    PACKED = "packed"  # pages of a handbook; their owners are replaced


@dataclass(frozen=True, slots=True)
class Column:
    """`author` names the column with the id of the person whose words these are."""

    content: Content
    author: str = ""


def _words(author: str) -> Column:
    return Column(Content.WORDS, author)


_NOTHING, _PERSON, _REMOVED, _KEY, _GENERATED, _DOCUMENT = map(
    Column,
    (Content.NOTHING, Content.PERSON, Content.REMOVED, Content.KEY, Content.GENERATED, Content.DOCUMENT),
)


def _describe(plain: str, **columns: Column) -> Mapping[str, Column]:
    """`plain` names the columns that say nothing about people."""
    return dict.fromkeys(plain.split(), _NOTHING) | columns


# Numbers, moments and truth values can't name anybody, so only texts, JSON and bytes are here.
COLUMNS: Mapping[str, Mapping[str, Column]] = {
    "arrivals": _describe(
        "message route status owner", key=_KEY, payload=Column(Content.PAYLOAD), error=_GENERATED, queue=_KEY
    ),
    "deliveries": _describe(
        "id method target status owner posted_channel posted_ts",
        key=_KEY,
        arrival=_KEY,
        channel=_PERSON,
        person=_PERSON,
        conversation=_KEY,
        arguments=Column(Content.MESSAGE),
        error=_GENERATED,
    ),
    "erasures": _describe("person name"),  # empty once the erasure is complete
    "feedback": _describe("question", person=_PERSON),
    "forwards": _describe("question card", forwarded_by=_PERSON, answered_by=_PERSON, answer=_words("answered_by")),
    "handbook": _describe("origin"),
    "homes": _describe("", person=_REMOVED),
    "kept_handbooks": _describe("origin", content=Column(Content.PACKED)),
    "learned_questions": _describe("id page_id anchor", text=_DOCUMENT, learned_by=_PERSON, removed_by=_PERSON),
    "measurements": _describe("metric value", author=_PERSON),
    "paces": _describe("taken", scope=_REMOVED),
    "pages": _describe(
        "source id edition services related digest",
        title=_DOCUMENT,
        text=_DOCUMENT,
        owner=_DOCUMENT,
        questions=_DOCUMENT,
        headings=_DOCUMENT,
    ),
    "questions": _describe(
        "id channel thread_ts status",
        asked_by=_PERSON,
        text=_words("asked_by"),
        gist=Column(Content.TERMS, "text"),
        answer=_GENERATED,
    ),
    "quiet_threads": _describe("channel thread_ts", stopped_by=_PERSON),
    "ratings": _describe("", person=_PERSON, comment=_words("person")),
    "request_cards": _describe("delivery", place=_REMOVED),
    "request_desk": _describe("counted_by"),
    "request_facts": _describe("kind service"),
    "request_log": _describe(
        "verb before after", actor=_PERSON, comment=_words("actor"), data=Column(Content.RECORD, "actor")
    ),
    "request_notices": _describe("subject mark"),
    "requests": _describe("key state service", requester=_PERSON, record=Column(Content.REQUEST)),
    "runs": _describe("schedule outcome delivery", snapshot=_GENERATED),
    "schedules": _describe("name definition"),
    "stories": _describe("id state", author=_PERSON, record=Column(Content.RECORD, "author")),
    "story_cards": _describe("story delivery", place=_REMOVED),
    "story_log": _describe("story event before after", actor=_PERSON, note=_words("actor")),
    "strategies": _describe("label origin text_hash", text=Column(Content.FILE), plan=Column(Content.PLAN)),
    "strategy_changes": {},
    "update_posts": _describe("kind subject delivery", place=_REMOVED),
    "updates": _describe(
        "kind subject rag",
        author=_PERSON,
        summary=_words("author"),
        achieved=_words("author"),
        next_steps=_words("author"),
        blocker=_words("author"),
        ask=_words("author"),
        acknowledged_by=_PERSON,
    ),
    "user_group_members": _describe("group_id", user_id=_REMOVED),
    "user_group_people": _describe("", user_id=_REMOVED, name=_GENERATED),
    "user_groups": _describe("id problem"),
    "vectors": _describe("encoder digest vector"),
}
