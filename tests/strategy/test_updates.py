"""Owners write one update for each due slot, and missing updates are found with their days."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InvalidInput, NotAllowed, NotFound
from foundation.people import People
from strategy.check_ins import find_missing_updates, find_open_slot, find_reportable_subjects, list_reporting_subjects
from strategy.records import Absence, ProgressUpdate, Rag, Stage, Strategy, Subject, SubjectKind
from strategy.updates import UpdateText, acknowledge_update, correct_update, filter_visible_updates, write_update
from strategy.visibility import filter_visible

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday; updates are due on Thursdays at 16:00
LAST_DUE = datetime(2026, 11, 19, 16, tzinfo=UTC)
NEXT_DUE = datetime(2026, 11, 26, 16, tzinfo=UTC)
PRESSURE = Subject(SubjectKind.PROJECT, "pressure-management")  # Ben's
LEAKAGE = Subject(SubjectKind.OBJECTIVE, "less-leakage")  # Ben's, reviewed by Dana
DEPOTS = Subject(SubjectKind.OBJECTIVE, "fewer-depots")
GREEN = UpdateText(rag="green", summary="All northern valves answer.")
AWAY = Absence("U02BEN", date(2026, 11, 20), date(2026, 11, 27), delegate="U01ADA")


def write(
    sample: Strategy,
    people: People,
    who: str = "U02BEN",
    subject: Subject = PRESSURE,
    text: UpdateText = GREEN,
    earlier: Sequence[ProgressUpdate] = (),
    now: datetime = NOW,
    absences: Sequence[Absence] = (),
) -> ProgressUpdate:
    person = people.get(who)
    return write_update(
        filter_visible(sample, person), person, subject, text, earlier=earlier, now=now, absences=absences
    )


def test_owner_writes_an_update(sample: Strategy, people: People) -> None:
    update = write(sample, people)
    assert (update.author, update.rag, update.slot, update.at) == ("U02BEN", Rag.GREEN, LAST_DUE, NOW)


def test_others_cannot_write_an_update(sample: Strategy, people: People) -> None:
    for who in ("U01ADA", "U03WEI", "U04DANA", "U06FARAH"):
        with pytest.raises(NotAllowed, match="Pressure management in the northern zones"):
            write(sample, people, who)


def test_pmo_head_can_report_for_anybody(sample: Strategy, people: People) -> None:
    assert write(sample, people, "U05EMEKA").author == "U05EMEKA"


def test_delegate_reports_only_during_absence(sample: Strategy, people: People) -> None:
    assert write(sample, people, "U01ADA", absences=[AWAY]).author == "U01ADA"
    with pytest.raises(NotAllowed):
        write(sample, people, "U01ADA", absences=[AWAY], now=NOW + timedelta(days=5))


def test_hidden_subject_does_not_exist(sample: Strategy, people: People) -> None:
    with pytest.raises(NotFound):
        write(sample, people, "U02BEN", DEPOTS)


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        (replace(GREEN, summary="  "), "summary", "Say in one sentence"),
        (replace(GREEN, summary="x" * 301), "summary", "Use at most 300 characters; this has 301."),
        (replace(GREEN, achieved="x" * 1001), "achieved", "Use at most 1000"),
        (replace(GREEN, rag="purple"), "rag", "Choose green, amber or red."),
        (replace(GREEN, rag="unknown"), "rag", "Choose green, amber or red."),
        (replace(GREEN, rag="red"), "blocker", "what's blocking it"),
        (replace(GREEN, rag="amber"), "blocker", "what's blocking it"),
        (replace(GREEN, confidence="11"), "confidence", "from 0 to 10"),
        (replace(GREEN, confidence="7.5"), "confidence", "from 0 to 10"),
        (replace(GREEN, confidence="-1"), "confidence", "from 0 to 10"),
        (replace(GREEN, confidence="٣ or so"), "confidence", "from 0 to 10"),
    ],
)
def test_update_problems_are_listed_by_field(
    sample: Strategy, people: People, text: UpdateText, field: str, said: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        write(sample, people, text=text)
    assert said in caught.value.fields[field]


def test_red_update_asking_for_help_wants_an_answer(sample: Strategy, people: People) -> None:
    update = write(sample, people, text=replace(GREEN, rag=" Red ", ask="Two more fitters.", confidence="3"))
    assert (update.rag, update.ask, update.confidence) == (Rag.RED, "Two more fitters.", 3)
    assert update.wants_answer


def test_early_update_answers_the_next_slot(sample: Strategy, people: People) -> None:
    first = write(sample, people)
    early = write(sample, people, earlier=[first])
    assert early.slot == NEXT_DUE
    assert find_open_slot(sample, PRESSURE, [first, early], NOW) == NEXT_DUE + timedelta(days=7)


def test_late_update_answers_the_due_slot(sample: Strategy, people: People) -> None:
    late = write(sample, people, now=NEXT_DUE - timedelta(minutes=1))
    assert late.slot == LAST_DUE
    assert find_open_slot(sample, PRESSURE, [late], NEXT_DUE) == NEXT_DUE


def test_update_without_check_ins_has_its_own_slot(sample: Strategy, people: People) -> None:
    loose = replace(sample, cycle=replace(sample.cycle, check_ins=None))
    assert write(loose, people).slot == NOW
    assert find_missing_updates(loose, [], NOW) == ()


def test_correction_keeps_slot_and_loses_acknowledgement(sample: Strategy, people: People) -> None:
    ben, dana = people.get("U02BEN"), people.get("U04DANA")
    update = acknowledge_update(sample, dana, write(sample, people, subject=LEAKAGE), now=NOW)
    corrected = correct_update(sample, ben, update, replace(GREEN, summary="Nearly all of them."), now=NOW)
    assert (corrected.slot, corrected.revision, corrected.acknowledged_by) == (update.slot, 2, None)


def test_first_acknowledgement_stays(sample: Strategy, people: People) -> None:
    update = write(sample, people, subject=LEAKAGE)
    read = acknowledge_update(sample, people.get("U04DANA"), update, now=NOW)
    assert acknowledge_update(sample, people.get("U03WEI"), read, now=NOW).acknowledged_by == "U04DANA"
    for who, why in (("U02BEN", "You wrote this update"), ("U01ADA", "reviewer, the sponsor")):
        with pytest.raises(NotAllowed, match=why):
            acknowledge_update(sample, people.get(who), update, now=NOW)


def test_sponsor_acknowledges_updates_on_their_project(sample: Strategy, people: People) -> None:
    assert (
        acknowledge_update(sample, people.get("U06FARAH"), write(sample, people), now=NOW).acknowledged_by == "U06FARAH"
    )


def test_missing_updates_have_their_overdue_days(sample: Strategy, people: People) -> None:
    answered = write(sample, people, now=datetime(2026, 11, 10, 12, tzinfo=UTC))  # answers 5 November
    missing = {one.subject: one for one in find_missing_updates(sample, [answered], NOW)}
    late = missing[PRESSURE]
    assert (late.owner, late.reporter, late.is_owner_away) == ("U02BEN", "U02BEN", False)
    assert (late.due, late.days_overdue) == (datetime(2026, 11, 12, 16, tzinfo=UTC), 10)
    assert missing[LEAKAGE].due == datetime(2026, 11, 5, 16, tzinfo=UTC)  # the very first


def test_answering_the_last_slot_clears_missing_updates(sample: Strategy, people: People) -> None:
    missing = find_missing_updates(sample, [write(sample, people)], NOW)
    assert PRESSURE not in {one.subject for one in missing}


def test_absent_owner_is_covered_by_delegate(sample: Strategy) -> None:
    found = next(one for one in find_missing_updates(sample, [], NOW, [AWAY]) if one.subject == PRESSURE)
    assert (found.owner, found.reporter, found.is_owner_away) == ("U02BEN", "U01ADA", True)
    nobody = replace(AWAY, delegate=None)
    found = next(one for one in find_missing_updates(sample, [], NOW, [nobody]) if one.subject == PRESSURE)
    assert (found.reporter, found.is_owner_away) == ("U02BEN", True)


def test_holiday_moves_the_due_day_earlier(sample: Strategy) -> None:
    assert sample.cycle.check_ins is not None
    check_ins = replace(sample.cycle.check_ins, days_off=frozenset({LAST_DUE.date()}))
    closed = replace(sample, cycle=replace(sample.cycle, check_ins=check_ins))
    assert find_open_slot(closed, PRESSURE, [], NOW) == LAST_DUE - timedelta(days=1)


def test_proposed_and_closed_projects_owe_nothing(sample: Strategy) -> None:
    for stage in (Stage.PROPOSED, Stage.CLOSED):
        quiet = replace(sample, projects=tuple(replace(p, stage=stage) for p in sample.projects))
        assert {s.kind for s in list_reporting_subjects(quiet, NOW)} == {SubjectKind.OBJECTIVE}


def test_people_report_on_owned_and_covered_subjects(sample: Strategy, people: People) -> None:
    ben, ada, emeka = people.get("U02BEN"), people.get("U01ADA"), people.get("U05EMEKA")
    owned = {"less-leakage", "pressure-management", "contact-centre"}
    assert {s.key for s in find_reportable_subjects(sample, ben, NOW)} == owned
    assert find_reportable_subjects(sample, ada, NOW) == ()
    assert {s.key for s in find_reportable_subjects(sample, ada, NOW, [AWAY])} == owned
    assert len(find_reportable_subjects(sample, emeka, NOW)) == 10


def test_updates_on_hidden_subjects_are_hidden(sample: Strategy, people: People) -> None:
    secret = write(sample, people, "U04DANA", DEPOTS)
    seen = filter_visible(sample, people.get("U02BEN"))
    assert filter_visible_updates(seen, [secret, write(sample, people)]) == (write(sample, people),)


@given(st.lists(st.integers(1, 20 * 24), min_size=1, max_size=12))
def test_no_slot_is_answered_twice_or_moved(sample: Strategy, hours: list[int]) -> None:
    updates: list[ProgressUpdate] = []
    now = datetime(2026, 11, 5, tzinfo=UTC)
    for step in hours:
        now += timedelta(hours=step)
        slot = find_open_slot(sample, PRESSURE, updates, now)
        updates.append(ProgressUpdate(PRESSURE, slot, "U02BEN", now, Rag.GREEN, "Fine."))
    slots = [update.slot for update in updates]
    assert len(set(slots)) == len(slots)
    assert all(slot.weekday() in (2, 3) for slot in slots)  # Thursday, or the day before a holiday
