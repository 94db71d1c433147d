"""After an erasure no table names the person, except in words of others, which are listed."""

import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import LargeBinary, insert, select, update

from storage.database import Database
from storage.engine.delivery_kinds import DeliveryKind
from storage.personal_data import erasure
from storage.personal_data.columns import COLUMNS, Content
from storage.personal_data.erasure import erase_person, preview_erasure
from storage.personal_data.export import export_person
from storage.personal_data.faded_cards import FadedCards, find_faded_cards
from storage.store import Store
from storage.tables import Base
from storage.tables.engine import ArrivalRow, DeliveryRow
from storage.tables.erasures import ErasureRow
from storage.tables.homes import HomeRow
from storage.tables.questions import FeedbackRow, QuestionRow
from tests.storage.cast import ADA, BEN, NOW, later
from tests.storage.personal_data.rows import NAME, PAGES, RECORD, WORDS, list_tables, make_row

NAMED = re.compile(rf"{ADA}|{NAME}", re.IGNORECASE)
PSEUDONYM = "UERASED1"


def fill(database: Database, **changes: dict[str, Any]) -> None:
    """A row in every table; `changes` by table."""
    with database.transaction() as session:
        for table in list_tables():
            session.execute(insert(table).values(make_row(table, changes.get(table.name))))


def find_names(database: Database) -> Iterator[str]:
    """Table and column of everything that names Ada."""
    with database.read_only() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for column, value in row.items():
                    is_packed = isinstance(table.c[column].type, LargeBinary) and value
                    text = zlib.decompress(value).decode() if is_packed else json.dumps(value, default=str)
                    if NAMED.search(text):
                        yield f"{table.name}.{column}"


def test_nothing_names_them_afterwards(database: Database) -> None:
    fill(database)
    before = set(find_names(database))
    named = {
        f"{table}.{name}"
        for table, columns in COLUMNS.items()
        for name, column in columns.items()
        if column.content not in (Content.NOTHING, Content.DOCUMENT)
    }
    assert before == named
    preview = preview_erasure(database, ADA, NAME)
    assert set(find_names(database)) == before
    done = erase_person(database, ADA, NAME, NOW)
    assert list(find_names(database)) == []
    assert done.to_review == preview.to_review == []
    assert preview.rows == done.rows
    assert preview.edits == done.edits


def test_rows_of_others_stay_as_they_are(database: Database) -> None:
    with Store(database).transaction(NOW) as tx:
        tx.homes.mark_opened(BEN)
        tx.outbox.post(BEN, {"text": f"Hello <@{BEN}>, U01ADAM and Nevada Okaforth"}, key=f"welcome:{BEN}")
        before = tx.session.execute(select(DeliveryRow.arguments, DeliveryRow.key)).all()
    fill(database)
    erase_person(database, ADA, NAME, NOW)
    with Store(database).read_only(NOW) as tx:
        rows = tx.session.execute(select(DeliveryRow.arguments, DeliveryRow.key).order_by(DeliveryRow.number))
        assert rows.all()[0] == before[0]
        assert tx.session.scalars(select(HomeRow.person)).all() == [BEN]


OTHERS = {
    "forwards": {"answered_by": BEN},
    "questions": {"asked_by": BEN, "gist": "x"},
    "ratings": {"person": BEN},
    "requests": {"requester": BEN},
    "request_log": {"actor": BEN},
    "stories": {"author": BEN},
    "story_log": {"actor": BEN},
    "updates": {"author": BEN},
}


def test_words_of_others_are_listed_and_not_changed(database: Database) -> None:
    fill(database, **OTHERS, pages={"text": f"{NAME} decides."}, learned_questions={"text": "Who's Ada?"})
    done = erase_person(database, ADA, NAME, NOW)
    listed = {f"{one.table}.{one.column}" for one in done.to_review}
    assert set(find_names(database)) | {"learned_questions.text"} == listed
    assert listed == {
        *("forwards.answer", "questions.text", "ratings.comment", "requests.record", "request_log.comment"),
        *("request_log.data", "stories.record", "story_log.note", "pages.text", "learned_questions.text"),
        *(f"updates.{name}" for name in ("summary", "achieved", "next_steps", "blocker", "ask")),
    }
    with database.read_only() as session:
        record = session.scalar(select(Base.metadata.tables["stories"].c.record))
    assert record == RECORD | {"people": [PSEUDONYM, BEN]}
    assert next(one.excerpt for one in done.to_review if one.table == "questions") == WORDS


def test_request_says_what_its_log_says(database: Database) -> None:
    """Ada wrote the detail, Ben's reason names her: only her own words change, in the log and in the record alike."""
    own, others = f"{NAME} here.", f"{NAME} agreed."
    data = {"values": {"detail": own, "approver": ADA}}
    fill(
        database,
        requests={"record": {"requester": ADA, "values": data["values"], "reason": others}},
        request_log={"data": data, "comment": None},
    )
    with database.transaction() as session:
        log = Base.metadata.tables["request_log"]
        entry = {"version": 2, "actor": BEN, "comment": None, "data": {"reason": others}}
        session.execute(insert(log).values(make_row(log, entry)))
    erase_person(database, ADA, NAME, NOW)
    values = {"detail": "Former colleague 1 here.", "approver": PSEUDONYM}
    with database.read_only() as session:
        record = session.scalar(select(Base.metadata.tables["requests"].c.record))
        entries = session.scalars(select(log.c.data).order_by(log.c.version)).all()
    assert record == {"requester": PSEUDONYM, "values": values, "reason": others}
    assert entries == [{"values": values}, {"reason": others}]


def test_messages_name_the_pseudonym(database: Database) -> None:
    fill(database)
    erase_person(database, ADA, NAME, NOW)
    with database.read_only() as session:
        arguments = session.scalars(select(DeliveryRow.arguments)).first()
    assert arguments["text"] == "I'm Former colleague 1, ask Former colleague 1 or Former colleague 1."
    user, select_, button = arguments["blocks"]
    assert user["elements"] == [{"type": "text", "text": "Former colleague 1"}]
    assert select_ == {"type": "users_select", "action_id": "a"}
    assert json.loads(button["value"]) == [PSEUDONYM, 1]


def test_kept_handbook_gets_another_owner(database: Database) -> None:
    fill(database)
    erase_person(database, ADA, NAME, NOW)
    with database.read_only() as session:
        content = session.scalar(select(Base.metadata.tables["kept_handbooks"].c.content))
    assert json.loads(zlib.decompress(content)) == [PAGES[0] | {"owner": PSEUDONYM}, PAGES[1]]


def test_cards_whose_text_is_gone_are_found_until_they_are_edited(database: Database) -> None:
    cards = {table: {"place": "triage"} for table in ("request_cards", "story_cards", "update_posts")}
    fill(database, **cards, deliveries={"channel": "C03TRIAGE", "emptied": True, "arguments": {}})
    erase_person(database, ADA, NAME, NOW)
    with Store(database).transaction(NOW) as tx:
        found = find_faded_cards(tx.session, PSEUDONYM)
        assert (found.requests, found.stories, found.updates) == ([1], ["x"], [("x", "x", NOW)])
        assert find_faded_cards(tx.session, "UERASED2") == FadedCards([], [], [])
        tx.outbox.edit("x", {"text": "new"})
        assert find_faded_cards(tx.session, PSEUDONYM) == FadedCards([], [], [])


def test_who_comes_back_later_is_welcomed_again(database: Database) -> None:
    with Store(database).transaction(NOW) as tx:
        first = tx.outbox.post(ADA, {"text": "Welcome"}, key=f"welcome:{ADA}")
    erase_person(database, ADA, NAME, NOW)
    with Store(database).transaction(NOW) as tx:
        again = tx.outbox.post(ADA, {"text": "Welcome"}, key=f"welcome:{ADA}")
        assert again not in (first, None)
        assert tx.outbox.list_waiting(ADA) == [{"text": "Welcome"}]


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.mark.parametrize("commits", range(1, 12, 2))
def test_interrupted_erasure_is_continued(database: Database, monkeypatch: pytest.MonkeyPatch, commits: int) -> None:
    fill(database)
    done, erase_batch = [], erasure._erase_batch

    def die_later(*given: Any) -> None:
        if len(done) == commits:
            raise Killed
        erase_batch(*given)
        done.append(1)

    monkeypatch.setattr(erasure, "_erase_batch", die_later)
    with pytest.raises(Killed):
        erase_person(database, ADA, NAME, NOW)
    monkeypatch.setattr(erasure, "_erase_batch", erase_batch)
    erase_person(database, ADA, "", later(60))  # the name is remembered until it's complete
    assert list(find_names(database)) == []
    with database.read_only() as session:
        assert session.scalars(select(QuestionRow.asked_by)).all() == [PSEUDONYM]
        [row] = session.scalars(select(ErasureRow)).all()
        assert (row.number, row.person, row.name, row.finished_at) == (1, None, None, later(60))


def test_second_erasure_finds_nothing(database: Database) -> None:
    fill(database)
    erase_person(database, ADA, NAME, NOW)
    assert preview_erasure(database, ADA, NAME).rows == {}


def test_next_person_gets_the_next_number(database: Database) -> None:
    fill(database)
    erase_person(database, ADA, NAME, NOW)
    with database.transaction() as session:
        session.execute(update(QuestionRow).values(asked_by=BEN))
    erase_person(database, BEN, "Ben Castellanos", NOW)
    with database.read_only() as session:
        assert session.scalar(select(QuestionRow.asked_by)) == "UERASED2"


def test_who_came_back_during_the_erasure_counts_once(database: Database) -> None:
    fill(database)
    with database.transaction() as session:
        session.add(FeedbackRow(question="x", person=PSEUDONYM, helpful=True, given_at=NOW))
        session.add(DeliveryRow(id="y", kind=DeliveryKind.POST, key=f"welcome:{PSEUDONYM}", **UNSENT))
    erase_person(database, ADA, NAME, NOW)
    assert list(find_names(database)) == []
    with database.read_only() as session:
        assert session.scalars(select(FeedbackRow.person)).all() == [PSEUDONYM]
        assert len(session.scalars(select(DeliveryRow.key)).all()) >= 2
        assert session.scalars(select(HomeRow)).all() == []


UNSENT = {"arguments": {}, "priority": 2, "status": "done", "created_at": NOW}


def test_work_under_way_is_left_for_the_next_run(database: Database) -> None:
    fill(database, arrivals={"status": "waiting", "due_at": NOW}, deliveries={"status": "leased", "due_at": NOW})
    assert erase_person(database, ADA, NAME, NOW).busy == 2
    with database.transaction() as session:
        session.execute(update(ArrivalRow).values(status="done", due_at=None))
        session.execute(update(DeliveryRow).values(status="done", due_at=None))
    assert erase_person(database, ADA, "", NOW).busy == 0
    assert list(find_names(database)) == []


def test_name_with_accents_is_found(database: Database) -> None:
    fill(database, questions={"text": "Åsa Öberg fragt.", "asked_by": ADA})
    erase_person(database, ADA, "Åsa Öberg", NOW)
    with database.read_only() as session:
        assert session.scalar(select(QuestionRow.text)) == "Former colleague 1 fragt."


def test_export_has_every_row(database: Database) -> None:
    fill(database)
    found = export_person(database, ADA, NAME)
    silent = {
        "erasures",
        "handbook",
        "pages",
        "request_desk",
        "request_facts",
        "request_notices",
        "schedules",
        "strategy_changes",
        "user_groups",
        "vectors",
    }
    assert found.keys() == COLUMNS.keys() - silent - {"kept_handbooks"}
    assert found["questions"][0]["text"] == WORDS
    json.dumps(found)
    assert export_person(database, "U99NOBODY", "") == {}
