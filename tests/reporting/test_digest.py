"""A digest shows exceptions first, every number with its change, and nothing its readers may not see."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from foundation.people import People
from reporting.definitions import DigestDefinition, DigestSection, filter_for_readers
from reporting.desk import DeskFigures
from reporting.digest import Digest, build_digest
from reporting.exceptions import ExceptionKind
from reporting.snapshot import Snapshot
from strategy.measurements import merge_measurements
from strategy.records import Absence, Measurement, ProgressUpdate, Rag, Strategy, Subject, SubjectKind, Tolerance
from strategy.story_records import Story, StoryState

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LAST_WEEK = NOW - timedelta(days=7)
RIVERS = Subject(SubjectKind.OBJECTIVE, "cleaner-rivers")
HIDDEN = ("fewer-depots", "depot-moves", "depots-agreed", "depot-sites", "Three depots", "Depot moves")


def reload(snapshot: Snapshot) -> Snapshot:
    """The snapshot as it comes back from a table."""
    return Snapshot.from_dict(json.loads(json.dumps(snapshot.to_dict())))


def kinds(digest: Digest) -> list[ExceptionKind]:
    return [concern.kind for concern in digest.exceptions]


def texts_of(digest: Digest, kind: ExceptionKind) -> list[str]:
    return [one.text for one in digest.exceptions if one.kind is kind]


def section(digest: Digest, wanted: DigestSection) -> tuple[str, ...]:
    return next((one.lines for one in digest.sections if one.section is wanted), ())


def replace_text(updates: Iterable[ProgressUpdate], subject: Subject, **changes: object) -> tuple[ProgressUpdate, ...]:
    return tuple(
        replace(one, **changes) if one.subject == subject else one  # type: ignore[arg-type]
        for one in updates
    )


def everything(digest: Digest) -> str:
    described = [one.describe() for one in digest.exceptions]
    return repr(asdict(replace(digest, exceptions=()))) + repr(described) + digest.text


def size(digest: Digest) -> int:
    parts = [digest.title, digest.period, digest.all_green or "", *digest.headline, *digest.changes, digest.text]
    parts += [one.text for one in digest.exceptions]
    parts += [line for one in digest.sections for line in (one.title, *one.lines)]
    return sum(map(len, parts))


def test_all_green_is_one_line(weekly: DigestDefinition, calm: Strategy, updates: tuple[ProgressUpdate, ...]) -> None:
    digest = build_digest(weekly, calm, updates=updates, now=NOW)
    assert digest.all_green == (
        ":large_green_circle: All green: 2 objectives and 2 projects, according to both owners and figures."
    )
    assert digest.exceptions == ()
    assert not {one.section for one in digest.sections} & {DigestSection.OBJECTIVES, DigestSection.PROJECTS}


def test_missing_owner_status_is_not_all_green(weekly: DigestDefinition, calm: Strategy) -> None:
    assert build_digest(weekly, calm, now=NOW).all_green is None


def test_exceptions_are_ordered_by_urgency(weekly: DigestDefinition, open_strategy: Strategy, people: People) -> None:
    digest = build_digest(weekly, open_strategy, now=NOW, people=people)
    order = list(ExceptionKind)
    assert kinds(digest) == sorted(kinds(digest), key=order.index)
    assert set(kinds(digest)) == {
        ExceptionKind.NEWLY_RED,
        ExceptionKind.SLIPPED,
        ExceptionKind.OVERDUE,
        ExceptionKind.STALE,
        ExceptionKind.MISSING,
    }


def test_newly_red_comes_first_still_red_last(
    weekly: DigestDefinition, open_strategy: Strategy, people: People
) -> None:
    patient = tuple(replace(p, tolerance=Tolerance(days=15)) for p in open_strategy.projects)
    seen = replace(open_strategy, projects=patient)
    first = build_digest(weekly, seen, now=LAST_WEEK, people=people)
    digest = build_digest(weekly, seen, now=NOW, people=people, previous=reload(first.snapshot))
    assert texts_of(digest, ExceptionKind.NEWLY_RED) == [
        ":red_circle: *One register of pipes and pumps* has turned red: its owner hasn't reported yet,"
        " the figures say red; 17 days behind the baseline. Owner: Wei Chen."
    ]
    assert digest.exceptions[-1].kind is ExceptionKind.STILL_RED
    assert "*Our works leave the river cleaner* is still red" in texts_of(digest, ExceptionKind.STILL_RED)[0]


def test_slip_is_reported_once_with_its_days(weekly: DigestDefinition, open_strategy: Strategy, people: People) -> None:
    first = build_digest(weekly, open_strategy, now=LAST_WEEK, people=people)
    later = tuple(
        replace(m, forecast=date(2026, 12, 18)) if m.key == "tank-eastgate" else m for m in open_strategy.milestones
    )
    slipped = replace(open_strategy, milestones=later)
    digest = build_digest(weekly, slipped, now=NOW, people=people, previous=first.snapshot)
    assert texts_of(digest, ExceptionKind.SLIPPED) == [
        ":calendar: *Storm overflow screens and tanks*: “Eastgate tank filled for the first time” has slipped by 10"
        " days to 18 December 2026, 21 days behind the baseline. Owner: Farah Haddad."
    ]
    again = build_digest(weekly, slipped, now=NOW, people=people, previous=digest.snapshot)
    assert texts_of(again, ExceptionKind.SLIPPED) == []


def test_stale_metric_is_named_with_its_days(weekly: DigestDefinition, open_strategy: Strategy, people: People) -> None:
    digest = build_digest(weekly, open_strategy, now=NOW, people=people)
    assert texts_of(digest, ExceptionKind.STALE) == [
        ":hourglass: *Supply interruptions* (monthly metric) hasn't been measured for 54 days;"
        " “Customers get their problem solved the first time they ask” can't be green until it is."
        " Owner: Dana Lindqvist."
    ]


def test_missing_updates_are_grouped_by_person(
    weekly: DigestDefinition, open_strategy: Strategy, updates: tuple[ProgressUpdate, ...], people: People
) -> None:
    given = [one for one in updates if one.subject.key != "asset-register"]
    digest = build_digest(weekly, open_strategy, updates=given, now=NOW, people=people)
    assert texts_of(digest, ExceptionKind.MISSING) == [
        ":memo: No update from *Wei Chen*: One register of pipes and pumps (17 days overdue)."
    ]


def test_absent_owner_is_named_with_delegate(
    weekly: DigestDefinition, open_strategy: Strategy, updates: tuple[ProgressUpdate, ...], people: People
) -> None:
    given = [one for one in updates if one.subject.key != "asset-register"]
    away = Absence("U03WEI", date(2026, 11, 16), date(2026, 11, 30), delegate="U05EMEKA")
    digest = build_digest(weekly, open_strategy, updates=given, now=NOW, people=people, absences=[away])
    assert "No update from *Wei Chen* (away; Emeka Adeyemi is covering)" in texts_of(digest, ExceptionKind.MISSING)[0]


def test_owner_and_computed_status_are_side_by_side(
    weekly: DigestDefinition, open_strategy: Strategy, updates: tuple[ProgressUpdate, ...], people: People
) -> None:
    digest = build_digest(weekly, open_strategy, updates=updates, now=NOW, people=people)
    assert texts_of(digest, ExceptionKind.MISMATCH)[0] == (
        ":left_right_arrow: *Less water is lost between the works and the tap*:"
        " its owner says green, the figures say amber. Owner: Ben Castellanos."
    )
    assert section(digest, DigestSection.OBJECTIVES)[0] == (
        ":red_circle: *Our works leave the river cleaner* — owner: green · figures: red :left_right_arrow: ·"
        " 52% done, 79% expected"
    )


def test_ask_stays_until_somebody_acknowledges_it(
    weekly: DigestDefinition, open_strategy: Strategy, updates: tuple[ProgressUpdate, ...], people: People
) -> None:
    asking = replace_text(updates, RIVERS, rag=Rag.RED, ask="A second diving team.", author="U06FARAH")
    digest = build_digest(weekly, open_strategy, updates=asking, now=NOW, people=people)
    assert texts_of(digest, ExceptionKind.UNANSWERED) == [
        ":raising_hand: *Our works leave the river cleaner*: Farah Haddad asks “A second diving team.”"
        " — not acknowledged for 3 days."
    ]
    answered = replace_text(asking, RIVERS, acknowledged_by="U04DANA")
    assert not texts_of(build_digest(weekly, open_strategy, updates=answered, now=NOW), ExceptionKind.UNANSWERED)


def test_every_number_comes_with_its_change(weekly: DigestDefinition, open_strategy: Strategy, people: People) -> None:
    first = build_digest(weekly, open_strategy, now=LAST_WEEK, people=people)
    measured = (
        Measurement("leakage-rate", date(2026, 11, 23), Decimal("53.1"), "U02BEN"),
        Measurement("spills", date(2026, 11, 22), Decimal(27), "U06FARAH"),
        Measurement("first-contact", date(2026, 11, 22), Decimal("79.1"), "U01ADA"),
    )
    grown = merge_measurements(open_strategy, measured)
    digest = build_digest(weekly, grown, now=NOW, people=people, previous=reload(first.snapshot))
    assert digest.period == "16 November 2026 to 23 November 2026"
    assert build_digest(weekly, grown, now=LAST_WEEK, previous=reload(first.snapshot)).period == "16 November 2026"
    assert digest.headline[0] == "Objectives: 2 amber (+1), 0 red (−1), 1 unknown (unchanged)"
    assert "*Leakage* — 53.1 Ml a day (−0.9) on 23 November 2026; target 52" in " ".join(
        section(digest, DigestSection.METRICS)
    )
    assert "79.1% (+1.8 points) on 22 November 2026" in " ".join(section(digest, DigestSection.METRICS))
    assert "78% done (+26 points), 79% expected" in " ".join(section(digest, DigestSection.OBJECTIVES))
    assert digest.changes == (
        ":large_yellow_circle: *Our works leave the river cleaner* went from red to amber, according to the figures.",
    )


def test_good_news_is_reported_too(weekly: DigestDefinition, open_strategy: Strategy, people: People) -> None:
    first = build_digest(weekly, open_strategy, now=LAST_WEEK, people=people)
    reached = {"night-profile": date(2026, 11, 20)}
    milestones = tuple(replace(m, actual=reached.get(m.key, m.actual)) for m in open_strategy.milestones)
    measured = Measurement("leakage-rate", date(2026, 11, 22), Decimal(52), "U02BEN")
    better = merge_measurements(replace(open_strategy, milestones=milestones), [measured])
    digest = build_digest(weekly, better, now=NOW, people=people, previous=first.snapshot)
    assert digest.changes == (
        ":checkered_flag: *Pressure management in the northern zones* reached “Night pressure profile switched on” on"
        " 20 November 2026.",
        ":dart: *Leakage* reached its target: 52 Ml a day.",
    )


def test_overdue_milestone_moves_every_day(weekly: DigestDefinition, open_strategy: Strategy, people: People) -> None:
    first = build_digest(weekly, open_strategy, now=LAST_WEEK, people=people)
    digest = build_digest(weekly, open_strategy, now=NOW, people=people, previous=first.snapshot)
    assert "17 days behind (+3 days)" in " ".join(section(digest, DigestSection.PROJECTS))


def test_empty_digest_is_not_sent_by_default(
    weekly: DigestDefinition, calm: Strategy, updates: tuple[ProgressUpdate, ...]
) -> None:
    first = build_digest(weekly, calm, updates=updates, now=NOW)
    again = build_digest(weekly, calm, updates=updates, now=NOW + timedelta(hours=4), previous=reload(first.snapshot))
    assert (first.should_send, again.is_empty, again.should_send) == (True, True, False)
    asked = replace(weekly, send_when_empty=True)
    assert build_digest(asked, calm, updates=updates, now=NOW, previous=first.snapshot).should_send


def test_new_updates_and_stories_appear_once(
    weekly: DigestDefinition, calm: Strategy, updates: tuple[ProgressUpdate, ...], people: People
) -> None:
    story = Story(
        id="S1",
        author="U02BEN",
        state=StoryState.PUBLISHED,
        title="Ten zones sleep quietly",
        text="Bursts fell by a fifth.",
        objective="less-leakage",
        project=None,
        evidence=("Burst log",),
        people=(),
        created_at=LAST_WEEK,
        published_at=NOW - timedelta(days=1),
    )
    first = build_digest(weekly, calm, updates=updates, stories=[story], now=NOW, people=people)
    assert section(first, DigestSection.STORIES) == (
        ":star: *Ten zones sleep quietly* — Ben Castellanos: Bursts fell by a fifth.",
    )
    assert len(section(first, DigestSection.UPDATES)) == 4
    again = build_digest(
        weekly, calm, updates=updates, stories=[story], now=NOW + timedelta(days=1), previous=first.snapshot
    )
    assert section(again, DigestSection.STORIES) == section(again, DigestSection.UPDATES) == ()
    draft = replace(story, state=StoryState.APPROVED)
    assert section(build_digest(weekly, calm, stories=[draft], now=NOW), DigestSection.STORIES) == ()


def test_leaders_get_portfolio_and_service_desk(monthly: DigestDefinition, sample: Strategy, people: People) -> None:
    seen = filter_for_readers(monthly, sample, people)
    desk = DeskFigures(submitted=12, delivered=9, open=14, overdue=2, sla_met=Decimal("0.91"))
    first = build_digest(monthly, seen, now=LAST_WEEK, people=people, desk=replace(desk, submitted=10))
    digest = build_digest(monthly, seen, now=NOW, people=people, desk=desk, previous=reload(first.snapshot))
    portfolio = section(digest, DigestSection.PORTFOLIO)
    assert "*14%* mismatch between budget and weights (unchanged)" in portfolio
    assert any("gets 41% of the budget and has a weight of 30%: 11 points too much" in line for line in portfolio)
    assert "No PMO service supports “Customers get their problem solved the first time they ask”." in portfolio
    assert section(digest, DigestSection.DESK)[0] == "*12* requests submitted (+2)"
    assert "*91%* delivered on time (unchanged)" in section(digest, DigestSection.DESK)
    assert [chart.title for chart in digest.charts] == ["Objective progress", "Where the budget goes"]


def test_everybody_never_gets_the_portfolio(weekly: DigestDefinition, open_strategy: Strategy) -> None:
    asking = replace(weekly, sections=(*weekly.sections, DigestSection.PORTFOLIO))
    digest = build_digest(asking, open_strategy, now=NOW)
    assert section(digest, DigestSection.PORTFOLIO) == ()
    assert len(digest.charts) == 1
    assert digest.snapshot.portfolio == {}


def test_private_objective_appears_nowhere_in_digest(
    weekly: DigestDefinition, open_strategy: Strategy, sample: Strategy, updates: tuple[ProgressUpdate, ...]
) -> None:
    secret = Story(
        id="S2",
        author="U04DANA",
        state=StoryState.PUBLISHED,
        title="Depot moves agreed",
        text="Three depots",
        objective="fewer-depots",
        project=None,
        evidence=("x",),
        people=(),
        created_at=NOW,
        published_at=NOW,
    )
    before = build_digest(weekly, sample, updates=updates, now=LAST_WEEK).snapshot  # when it was not private yet
    digest = build_digest(weekly, open_strategy, updates=updates, stories=[secret], now=NOW, previous=reload(before))
    assert not [word for word in HIDDEN if word in everything(digest)]
    assert sum(int(word) for word in digest.headline[0].split() if word.isdigit()) == 3


def test_total_ignores_what_became_private(weekly: DigestDefinition, open_strategy: Strategy, sample: Strategy) -> None:
    before = build_digest(weekly, sample, now=NOW).snapshot
    digest = build_digest(weekly, open_strategy, now=NOW, previous=before)
    assert digest.headline[0] == "Objectives: 1 amber (unchanged), 1 red (unchanged), 1 unknown (unchanged)"


def test_text_people_wrote_never_becomes_markup(
    weekly: DigestDefinition, open_strategy: Strategy, updates: tuple[ProgressUpdate, ...], people: People
) -> None:
    evil = "<!channel> <https://evil.example|free> & *bold* :large_green_circle:"
    named = replace(
        open_strategy,
        objectives=tuple(replace(o, title=evil) for o in open_strategy.objectives),
        projects=tuple(replace(p, name=evil) for p in open_strategy.projects),
        metrics=tuple(replace(m, name=evil, unit=evil) for m in open_strategy.metrics),
        milestones=tuple(replace(m, title=evil) for m in open_strategy.milestones),
    )
    told_all = tuple(replace(one, summary=evil, ask=evil, rag=Rag.RED) for one in updates)
    digest = build_digest(weekly, named, updates=told_all[1:], now=NOW, people=people)
    lines = [one.text for one in digest.exceptions] + [line for one in digest.sections for line in one.lines]
    for line in (*lines, *digest.text.splitlines()):
        assert "<" not in line
        assert "*bold*" not in line
        assert "free&gt; & " not in line


@pytest.mark.parametrize("title", ["&" * 120, "Water is safe"])
@pytest.mark.parametrize("count", [1, 50, 400])
def test_digest_of_any_size_fits_a_message(
    weekly: DigestDefinition, open_strategy: Strategy, count: int, title: str
) -> None:
    objective, metric = open_strategy.objectives[0], open_strategy.metrics[0]
    project, milestone = open_strategy.projects[0], open_strategy.milestones[1]
    numbers = range(count)
    grown = replace(
        open_strategy,
        objectives=tuple(replace(objective, key=f"o{n}", title=title, owner=f"U{n}") for n in numbers),
        metrics=tuple(replace(metric, key=f"m{n}", objective=f"o{n}", name=title, owner=f"U{n}") for n in numbers),
        projects=tuple(replace(project, key=f"p{n}", name=title, owner=f"U{n}") for n in numbers),
        milestones=tuple(replace(milestone, key=f"s{n}", project=f"p{n}", title=title) for n in numbers),
        contributions=(),
        service_links=(),
    )
    subjects = [Subject(SubjectKind.OBJECTIVE, f"o{n}") for n in numbers]
    told_all = [ProgressUpdate(one, LAST_WEEK, "U1", LAST_WEEK, Rag.RED, title * 3, ask=title * 3) for one in subjects]
    digest = build_digest(weekly, grown, updates=told_all, now=NOW)
    assert size(digest) < 12_500
    assert all(sum(map(len, one.lines)) < 3_000 for one in digest.sections)
    assert len(digest.text) < 3_000
    if count > 1:
        assert digest.more_exceptions > 0
        assert "more" in digest.text.splitlines()[-1]
        assert next(one.more for one in digest.sections if one.section is DigestSection.OBJECTIVES) > 0


def test_snapshot_survives_storage_unchanged(monthly: DigestDefinition, sample: Strategy) -> None:
    snapshot = build_digest(monthly, sample, now=NOW, desk=DeskFigures(submitted=3)).snapshot
    assert reload(snapshot) == snapshot
    for broken in ({}, {"version": 9}, {"version": 1, "taken_at": 5}):
        with pytest.raises(ValueError, match=r"[Ss]napshot"):
            Snapshot.from_dict(broken)


def test_fallback_text_carries_the_exceptions(
    weekly: DigestDefinition, open_strategy: Strategy, updates: tuple[ProgressUpdate, ...], people: People
) -> None:
    digest = build_digest(weekly, open_strategy, updates=updates, now=NOW, people=people)
    lines = digest.text.splitlines()
    assert lines[0] == "Strategy progress — First digest, 23 November 2026"
    assert all(one.text in lines for one in digest.exceptions)


def test_digest_date_is_local_to_readers(weekly: DigestDefinition, calm: Strategy) -> None:
    in_auckland = replace(weekly, schedule=replace(weekly.schedule, zone="Pacific/Auckland"))
    late = datetime(2026, 11, 23, 20, tzinfo=UTC)
    assert build_digest(in_auckland, calm, now=late).period == "First digest, 24 November 2026"
