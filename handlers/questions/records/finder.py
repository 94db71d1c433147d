"""From a typed question to the records that answer it, and what is left of it for the handbook."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from foundation.access import Access
from foundation.errors import UserError
from foundation.people import People, Person
from foundation.record_kinds import RecordKind
from handlers.context import AppContext
from handlers.questions.records.answers.registry import RECORD_ANSWERERS
from handlers.questions.records.answers.unknown import explain_unknown_name
from handlers.questions.records.clauses import LONGEST, split_clauses
from handlers.questions.records.names import NameIndex
from handlers.questions.records.parser import ClauseParser, build_parser
from handlers.questions.records.question import RecordQuestion
from handlers.questions.records.view import RecordView, list_names
from handlers.slack.blocks.builders import Message
from knowledge.answers import Outcome
from knowledge.follow_ups import is_follow_up
from knowledge.library import Library
from reporting.definitions import DigestDefinition
from servicedesk.catalogue import Catalogue
from servicedesk.permissions import can_see_queue
from servicedesk.record_access import DESK_ACCESS
from storage.store import Transaction
from strategy.permissions import can_see_strategy
from strategy.record_access import STRATEGY_ACCESS
from strategy.records import Strategy
from strategy.visibility import filter_visible

RECORD_ACCESS = {**STRATEGY_ACCESS, **DESK_ACCESS}
MOST_INDEXES = 32  # circles of people who may see different parts of the strategy
MOST_PARTS = 3  # questions in one that are answered from records


@dataclass(frozen=True, slots=True)
class FoundRecords:
    """`answers` are the records, in the order of the questions in `answered`; `rest` are those about the method."""

    answers: tuple[tuple[RecordKind, Message], ...]
    rest: tuple[str, ...]
    answered: tuple[str, ...] = ()
    is_withheld: bool = False  # it asks for records that aren't for the asker, whichever there are


@dataclass(frozen=True, slots=True, eq=False)
class _NameSource:
    """What names come from, for all readers who see the same. Two sources are the same if their parts are the same
    objects: comparing their content would take longer than reading it.
    """

    seen: Strategy | None
    sees_strategy: bool
    people: People
    catalogue: Catalogue
    digests: Sequence[DigestDefinition]

    @property
    def _parts(self) -> tuple[int, ...]:
        return id(self.seen), self.sees_strategy, id(self.people), id(self.catalogue), id(self.digests)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _NameSource) and self._parts == other._parts

    def __hash__(self) -> int:
        return hash(self._parts)


def find_records(
    tx: Transaction,
    ctx: AppContext,
    person: Person,
    text: str,
    find_previous: Callable[[], Sequence[str]],
    *,
    is_rough: bool = False,
) -> FoundRecords:
    """The records that a question asks for. `find_previous` gives the questions before it, newest first.

    `is_rough`: the text was translated word by word. It asks for records only if it names one, or if the grammar knows
    all of its words.

    Raises:
        UserError: the record can't be shown, for a reason that the message gives.
    """
    if len(text) > LONGEST:
        return FoundRecords((), (text,))
    parser, may_guess = _build_parser(tx, ctx, person), not is_rough and len(split_clauses(text)) == 1
    finder = _Finder(RecordView(tx, ctx, person), parser, ctx.library(), is_rough, may_guess)
    return finder.find_all(text, finder.choose_context(text, find_previous))


def find_record_of_kind(
    tx: Transaction,
    ctx: AppContext,
    person: Person,
    text: str,
    kind: RecordKind,
    find_previous: Callable[[], Sequence[str]],
) -> FoundRecords:
    """The record of this kind that a question asks for, if the names in it say which one.

    The kind comes from a language model: what the grammar doesn't find, and what the person may not see, stays out.
    """
    finder = _Finder(RecordView(tx, ctx, person), _build_parser(tx, ctx, person), ctx.library())
    with suppress(UserError):
        if message := finder.answer_as(text, kind, finder.choose_context(text, find_previous)):
            return FoundRecords(((kind, message),), ())
    return FoundRecords((), (text,))


def can_ask(kind: RecordKind, person: Person) -> bool:
    """Whether the person may ask for records of this kind at all."""
    return RECORD_ACCESS[kind].is_open_to(person)


def _build_parser(tx: Transaction, ctx: AppContext, person: Person) -> ClauseParser:
    plan = tx.strategy.get_plan()
    seen = filter_visible(plan, person) if plan and can_see_strategy(person) else None
    # Not the context itself: the index is remembered, and so would be everything else that a stopped bot had open.
    source = _NameSource(seen, can_see_strategy(person), ctx.people, ctx.desk.catalogue, ctx.digests)
    index = _build_index(source)
    return build_parser(index, ctx.library().index.knows_term, tx.today, plan.organisation if plan else "")


@lru_cache(maxsize=MOST_INDEXES)
def _build_index(source: _NameSource) -> NameIndex:
    if not source.sees_strategy:  # nor does a question show them whom or what there is
        return NameIndex(list_names(None, (), source.catalogue, ()))
    return NameIndex(list_names(source.seen, source.people, source.catalogue, source.digests))


@dataclass(frozen=True, slots=True)
class _Finder:
    view: RecordView
    parser: ClauseParser
    library: Library
    is_rough: bool = False
    may_guess: bool = True  # the handbook decides where the grammar isn't sure

    def is_pointing(self, text: str) -> bool:
        return self.parser.is_pointing(text)

    def choose_context(self, text: str, find_previous: Callable[[], Sequence[str]]) -> RecordQuestion | None:
        """The question before, if this one may need it."""
        return self.read_context(find_previous()) if is_follow_up(text) or self.is_pointing(text) else None

    def read_context(self, previous: Sequence[str]) -> RecordQuestion | None:
        """What the questions before were about: the newest one for records."""
        read = (self.parser.parse_clause(clause) for text in previous for clause in reversed(split_clauses(text)))
        return next((one for one in read if one), None)

    def find_all(self, text: str, context: RecordQuestion | None) -> FoundRecords:
        answers: list[tuple[RecordKind, Message]] = []
        rest, answered = [], []
        for clause in split_clauses(text):
            found = self.answer_clause(clause, context) if len(answers) < MOST_PARTS else None
            if found:
                question, message = found
                answers.append((question.kind, message))
                answered.append(clause)
                context = question if question.names else context
            else:
                rest.append(clause)
        is_withheld = not answers and self.is_withheld(text, context)
        return FoundRecords(tuple(answers), tuple(rest) if answers else (text,), tuple(answered), is_withheld)

    def is_withheld(self, text: str, context: RecordQuestion | None) -> bool:
        """Whether the question asks for records of a kind that the asker may not ask for."""
        if self.view.person.has_access(Access.EVERYTHING):
            return False
        readings = (one for clause in split_clauses(text) for one in self.list_readings(clause, context))
        return any(not can_ask(one.kind, self.view.person) for one in readings)

    def answer_clause(self, clause: str, context: RecordQuestion | None) -> tuple[RecordQuestion, Message] | None:
        """The first reading of a clause that an answerer has an answer to."""
        for question in self.list_readings(clause, context):
            if message := self.answer(question):
                return question, message
        return None

    def answer_as(self, text: str, kind: RecordKind, context: RecordQuestion | None) -> Message | None:
        return self.answer(self._narrow(self.parser.read_as(text, kind, context)))

    def answer(self, question: RecordQuestion) -> Message | None:
        if not can_ask(question.kind, self.view.person):
            return None
        if question.kind is RecordKind.UNKNOWN_NAME:
            return explain_unknown_name(self.view, question, self.parser.index)
        return RECORD_ANSWERERS[question.kind](self.view, question)

    def _narrow(self, question: RecordQuestion) -> RecordQuestion:
        """Somebody who may not see the queue means their own requests."""
        if question.kind is RecordKind.OPEN_REQUESTS and not can_see_queue(self.view.person):
            return replace(question, kind=RecordKind.OWN_REQUESTS)
        return question

    def list_readings(self, clause: str, context: RecordQuestion | None) -> Iterator[RecordQuestion]:
        """What the clause may ask for, the likeliest first."""
        readings = [self._narrow(question) for question in self.parser.list_readings(clause, context)]
        is_known = self.is_rough or any(one.names or one.numbers for one in readings)
        unknown = None if is_known else self.parser.read_unknown_name(clause)
        for question in [unknown] if unknown else readings:
            if self._is_for_records(question, clause):
                yield question
        if self.is_rough or not self.library.encoder:
            return
        near = self.parser.read_by_meaning(clause, self.library.encoder)
        if near and self._is_for_records(near, clause):
            yield near

    def _is_for_records(self, question: RecordQuestion, clause: str) -> bool:
        """Whether the clause names a record, speaks of nothing but records, or is for records if it's for anything."""
        if question.cues & {"named", "plain"}:
            return True
        is_likely = "mostly plain" in question.cues and self.may_guess
        return is_likely and self.library.ask(clause).status is Outcome.NOT_FOUND
