"""The record of questions: their answers, how people rated them, and which ones went on to the PMO."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import Select, case, func, or_, select, update
from sqlalchemy.orm import Session

from foundation.errors import Conflict
from knowledge.answers import Answer, Outcome
from knowledge.follow_ups import REMEMBERED
from knowledge.terms import extract_terms
from storage.tables.questions import FeedbackRow, ForwardRow, QuestionRow
from storage.upsert import insert_new_rows, upsert_row

# Others may read what was asked in a channel, and what its asker passed on to the PMO. The channel of direct messages
# begins with D.
_IS_QUOTABLE = or_(
    QuestionRow.is_private.is_(False) & QuestionRow.channel.not_like("D%"),
    ForwardRow.forwarded_by == QuestionRow.asked_by,
)


@dataclass(frozen=True, slots=True)
class QuestionPlace:
    """Who asked and where, so that a person can answer there later. `is_private`: only the asker saw it."""

    asker: str
    channel: str = ""
    thread_ts: str | None = None
    is_private: bool = True


@dataclass(frozen=True, slots=True)
class Forward:
    """A question passed on to the PMO. `answer` is None until somebody answers."""

    forwarded_by: str
    card: str
    answered_by: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A recorded question. `answer` is the text as the asker got it, `cited` are the pages and sections it named: for
    a choice of sections, those. `follows` are the previous questions that it was read with, newest first."""

    id: str
    place: QuestionPlace
    text: str
    asked_at: datetime
    status: Outcome
    answer: str
    cited: tuple[tuple[str, str], ...] = ()
    forward: Forward | None = None
    follows: tuple[str, ...] = ()

    @property
    def is_quotable(self) -> bool:
        """Whether others may read it: it was asked in a channel, or its asker passed it on to the PMO."""
        was_open = not self.place.is_private and not self.place.channel.startswith("D")
        return was_open or bool(self.forward and self.forward.forwarded_by == self.place.asker)

    @property
    def is_answered(self) -> bool:
        """Whether the PMO has answered it."""
        return bool(self.forward and self.forward.answered_by)


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions with the same meaning that the handbook didn't answer: the newest one, their number, and what the PMO
    answered to one of them.

    Without `is_quotable`, all of them were asked in private and none was passed on to the PMO by its asker: they count,
    but nobody else may read them. `id` is that of the question with this text.
    """

    text: str
    times: int
    latest: datetime
    answer: str | None = None
    is_quotable: bool = True
    id: str = ""


class Questions:
    """The record of questions, within a transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, question_id: str, where: QuestionPlace, text: str, answer: Answer, at: datetime) -> None:
        """Record a question and its answer. Recording the same id again changes nothing."""
        row: dict[str, Any] = {
            "id": question_id,
            "asked_by": where.asker,
            "asked_at": at,
            "channel": where.channel,
            "thread_ts": where.thread_ts,
            "is_private": where.is_private,
            "text": text,
            "gist": make_gist(text),
            "status": answer.status,
            "confidence": answer.confidence,
            "answer": to_jsonable_python(answer),
        }
        insert_new_rows(self._session, QuestionRow, [row])

    def get(self, question_id: str) -> AskedQuestion | None:
        return next(iter(self._load_questions(select(QuestionRow).where(QuestionRow.id == question_id))), None)

    def get_text(self, question_id: str) -> str | None:
        return self._session.scalar(select(QuestionRow.text).where(QuestionRow.id == question_id))

    def find_previous(self, where: QuestionPlace, since: datetime) -> tuple[str, ...]:
        """The questions that a follow-up in this place may refer to, newest first.

        In a thread, that's the thread's last question, whoever asked it. Elsewhere it's the asker's last question in
        the same conversation. A private question never counts for a public one, or the other way round. The questions
        that this one itself followed come after it.
        """
        here = (QuestionRow.channel == where.channel) & (QuestionRow.is_private == where.is_private)
        mine = (QuestionRow.thread_ts == where.thread_ts) if where.thread_ts else (QuestionRow.asked_by == where.asker)
        query = select(QuestionRow.text, QuestionRow.answer).where(here, mine, QuestionRow.asked_at >= since)
        row = self._session.execute(query.order_by(QuestionRow.asked_at.desc(), QuestionRow.id.desc()).limit(1)).first()
        return (row.text, *row.answer.get("follows", ()))[:REMEMBERED] if row else ()

    def find_latest(self, person: str, limit: int) -> Sequence[AskedQuestion]:
        """The person's questions, newest first."""
        mine = select(QuestionRow).where(QuestionRow.asked_by == person)
        return self._load_questions(mine.order_by(QuestionRow.asked_at.desc(), QuestionRow.id.desc()).limit(limit))

    def rate(self, question_id: str, person: str, helpful: bool, at: datetime) -> None:
        """Record a person's rating. Their latest one counts."""
        upsert_row(
            self._session,
            FeedbackRow,
            {"question": question_id, "person": person, "helpful": helpful, "given_at": at},
        )

    def forward(self, question_id: str, person: str, card: str, at: datetime) -> bool:
        """Record that a question went on to the PMO. Returns False if it already had."""
        # Two people may click at the same moment. The primary key lets only one of them insert the row, and the other
        # gets False.
        row = {"question": question_id, "forwarded_by": person, "forwarded_at": at, "card": card}
        return bool(insert_new_rows(self._session, ForwardRow, [row]))

    def find_forwarders(self, cards: Collection[str]) -> list[tuple[str, str]]:
        """Card and forwarder of each question that waits for the PMO and whose card is one of these deliveries."""
        waiting = ForwardRow.card.in_(cards) & ForwardRow.answered_by.is_(None)
        found = self._session.execute(select(ForwardRow.card, ForwardRow.forwarded_by).where(waiting))
        return [(card, person) for card, person in found]

    def count_forwarded(self, person: str) -> int:
        """How many questions that the person passed on wait for the PMO."""
        waiting = (ForwardRow.forwarded_by == person) & ForwardRow.answered_by.is_(None)
        return self._session.scalar(select(func.count()).select_from(ForwardRow).where(waiting)) or 0

    def find_waiting(self, limit: int) -> Sequence[AskedQuestion]:
        """The questions for the PMO that nobody has answered yet, oldest first."""
        open_ = select(ForwardRow.question).where(ForwardRow.answered_by.is_(None))
        query = select(QuestionRow).where(QuestionRow.id.in_(open_))
        return self._load_questions(query.order_by(QuestionRow.asked_at, QuestionRow.id).limit(limit))

    def answer(self, question_id: str, person: str, text: str, at: datetime) -> None:
        """Record the PMO's answer to a question that was passed on.

        Raises:
            Conflict: somebody else has answered it already.
        """
        open_ = (ForwardRow.question == question_id) & ForwardRow.answered_by.is_(None)
        # Two people may answer at the same moment. The condition lets only the first of them change the row, and the
        # other one learns it from the missing result.
        done = update(ForwardRow).where(open_).values(answered_by=person, answered_at=at, answer=text)
        if self._session.execute(done.returning(ForwardRow.question)).first() is None:
            raise Conflict("Someone else has already answered this question. Your answer wasn't sent.")

    def find_gaps(self, since: datetime, limit: int) -> Sequence[Gap]:
        """The questions that the handbook didn't answer for sure, most frequent first, then newest."""
        unsure = QuestionRow.status.in_((Outcome.NOT_FOUND, Outcome.CLOSEST))
        return self._group_gaps(select(QuestionRow.id).where(unsure), since, limit)

    def find_unhelpful(self, since: datetime, limit: int) -> Sequence[Gap]:
        """The questions whose answer somebody rated as not helpful, in the same order."""
        disliked = select(FeedbackRow.question).where(FeedbackRow.helpful.is_(False))
        answered = select(QuestionRow.id).where(QuestionRow.status == Outcome.ANSWERED, QuestionRow.id.in_(disliked))
        return self._group_gaps(answered, since, limit)

    def _group_gaps(self, query: Select[str], since: datetime, limit: int) -> Sequence[Gap]:
        alike, quotable = QuestionRow.gist, case((_IS_QUOTABLE, 1), else_=0)
        numbered = (
            select(
                QuestionRow.id,
                QuestionRow.text,
                quotable.label("quotable"),
                func.max(QuestionRow.asked_at).over(partition_by=alike).label("latest"),
                func.max(ForwardRow.answer).over(partition_by=alike).label("answer"),
                func.count().over(partition_by=alike).label("times"),
                func.row_number()
                .over(partition_by=alike, order_by=(quotable.desc(), QuestionRow.asked_at.desc()))
                .label("number"),
            )
            .outerjoin(ForwardRow, ForwardRow.question == QuestionRow.id)
            .where(QuestionRow.id.in_(query), QuestionRow.asked_at >= since)
            .subquery()
        )
        newest = select(numbered).where(numbered.c.number == 1)
        rows = self._session.execute(newest.order_by(numbered.c.times.desc(), numbered.c.latest.desc()).limit(limit))
        return [Gap(row.text, row.times, row.latest, row.answer, bool(row.quotable), row.id) for row in rows]

    def _load_questions(self, query: Select[QuestionRow]) -> Sequence[AskedQuestion]:
        with_forward = query.add_columns(ForwardRow).outerjoin(ForwardRow, ForwardRow.question == QuestionRow.id)
        return [_to_asked_question(row, forward) for row, forward in self._session.execute(with_forward)]


def _to_asked_question(row: QuestionRow, forward: ForwardRow | None) -> AskedQuestion:
    where = QuestionPlace(row.asked_by, row.channel, row.thread_ts, row.is_private)
    passed_on = Forward(forward.forwarded_by, forward.card, forward.answered_by, forward.answer) if forward else None
    # Read field by field: an answer recorded by an earlier version may have other fields.
    is_choice = row.status == Outcome.CLOSEST
    places = row.answer.get("nearest" if is_choice else "citations", ())
    cited = tuple((str(one.get("page", "")), str(one.get("section", ""))) for one in places)
    shown = "\n".join(str(one.get("text", "")) for one in places) if is_choice else str(row.answer.get("text", ""))
    follows = tuple(map(str, row.answer.get("follows", ())))
    status = Outcome(row.status)
    return AskedQuestion(row.id, where, row.text, row.asked_at, status, shown, cited, passed_on, follows)


def make_gist(text: str) -> str:
    """The sorted terms, the same for “Who approves a change request?” and “change request: who approves it”."""
    return " ".join(sorted(set(extract_terms(text))))[:255]
