"""Whatever people try, in whatever order: a request follows its table, and its log tells the whole story."""

import json
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from foundation.errors import UserError
from servicedesk.catalogue import Priority
from servicedesk.history import recompute_clocks, replay_log
from servicedesk.permissions import find_allowed_verbs
from servicedesk.records import (
    ENDED_STATES,
    WORK_STATES,
    ClockName,
    Request,
    RequestLogEntry,
    RequestState,
    RequestVerb,
    Scores,
)
from servicedesk.requests import apply_verb, draft_request
from servicedesk.transitions import SYSTEM, TRANSITIONS
from tests.samples import scale
from tests.servicedesk.cast import (
    BEN,
    DANA,
    DELIVERY,
    DESK,
    EMEKA,
    EVERYBODY,
    FARAH,
    MONDAY,
    WEI,
    framework,
    health_check,
)

EDGES = {(source, transition.verb, transition.to) for transition in TRANSITIONS for source in transition.sources}
SERVICES = ["health-check", "framework-development"]
words = st.one_of(st.just("Because."), st.text(max_size=5))
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "comment": words,
        "reason": words,
        "assignee": st.sampled_from([person.id for person in EVERYBODY]),
        "review_on": st.dates(date(2026, 5, 1), date(2027, 12, 31)),
        "link": st.sampled_from(["https://example.org/report", "not a link"]),
        "checklist": st.lists(st.sampled_from(DELIVERY["checklist"]), max_size=3),
        "duplicate_of": st.integers(10, 14),
        "priority": st.sampled_from(Priority),
        "service": st.sampled_from([*SERVICES, "quality-review", "coffee"]),
        "requester": st.sampled_from([person.id for person in EVERYBODY]),
        "scores": st.builds(Scores, *[st.integers(0, 8)] * 4),
        "people": st.lists(st.sampled_from([person.id for person in EVERYBODY]), max_size=3),
        "to": st.sampled_from(RequestState),
    },
)
LASTS = {RequestVerb.DECLINE, RequestVerb.MARK_DUPLICATE, RequestVerb.WITHDRAW, RequestVerb.OVERRIDE}
ASIDE = {
    RequestVerb.COMMENT,
    RequestVerb.WATCH,
    RequestVerb.UNWATCH,
    RequestVerb.SCORE,
    RequestVerb.CHANGE_PRIORITY,
    RequestVerb.CHANGE_SERVICE,
    RequestVerb.CHANGE_REQUESTER,
    RequestVerb.REASSIGN,
}
SENSIBLE = {
    "comment": "Which phase?",
    "reason": "It is so",
    "assignee": WEI.id,
    "link": "https://example.org/report",
    "checklist": [key for service in DESK.catalogue.services for key in service.checklist],
    "duplicate_of": 3,
    "priority": Priority.EXPEDITE,
    "service": "quality-review",
    "requester": FARAH.id,
    "scores": Scores(5, 3, 2, 2),
    "people": [BEN.id],
    "to": RequestState.IN_PROGRESS,
}


class Lives(RuleBasedStateMachine):
    """One request and its log, with seconds to weeks between actions; at the end the log is replayed from JSON."""

    @initialize(service=st.sampled_from(SERVICES), requester=st.sampled_from([BEN, DANA, EMEKA]), secret=st.booleans())
    def begin(self, service, requester, secret):
        self.now = MONDAY
        form = framework if service == "framework-development" else health_check
        change = draft_request(12, "form", service, requester, form(confidential=secret), self.now, DESK)
        self.request, self.log, self.requesters = change.request, [change.entry], {requester.id}

    @rule(seconds=st.one_of(st.integers(0, 7200), st.integers(0, 20 * 86400), st.integers(-3600, 0)))
    def time_goes_on(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(data=st.data(), seconds=st.integers(0, 2 * 86400))
    def it_moves_on(self, data, seconds):
        self.now += timedelta(seconds=seconds)
        self._do_one_of(data, lambda verb: verb not in LASTS | ASIDE)

    @rule(data=st.data())
    def it_moves_on_at_once(self, data):
        self._do_one_of(data, lambda verb: verb not in LASTS | ASIDE)

    @rule(data=st.data())
    def something_happens_beside(self, data):
        self._do_one_of(data, lambda verb: verb in ASIDE)

    @precondition(lambda self: len(self.log) > 6)
    @rule(data=st.data())
    def it_ends_otherwise(self, data):
        self._do_one_of(data, lambda verb: verb in LASTS)

    def _do_one_of(self, data, wanted):
        """One allowed action, with valid input for it."""
        actors = [*EVERYBODY, SYSTEM]
        may = [(verb, actor) for actor in actors for verb in find_allowed_verbs(self.request, actor) if wanted(verb)]
        if may:
            verb, actor = data.draw(st.sampled_from(may))
            self._try(verb, actor, SENSIBLE | {"review_on": self.now.date() + timedelta(days=9)})

    @rule(verb=st.sampled_from(RequestVerb), actor=st.sampled_from([*EVERYBODY, SYSTEM]), given=GIVEN)
    def somebody_tries_something(self, verb, actor, given):
        self._try(verb, actor, given)

    def _try(self, verb, actor, given):
        before = self.request
        try:
            change = apply_verb(before, verb, actor, self.now, DESK, **given)
        except UserError:
            return
        if change.entry is None:
            assert (verb, change.request) == (RequestVerb.SUBMIT, before)
            return
        assert verb in find_allowed_verbs(before, actor)
        self._edge(change.entry)
        self.request = change.request
        self.requesters.add(change.request.requester)
        self.log.append(change.entry)

    def _edge(self, entry):
        if entry.verb is RequestVerb.OVERRIDE:
            assert actor_is_lead(entry, self.request)
        else:
            tos = {to for source, verb, to in EDGES if (source, verb) == (entry.before, entry.verb)}
            assert entry.after in {to or entry.before for to in tos}

    @invariant()
    def the_log_is_unbroken(self):
        assert [entry.version for entry in self.log] == list(range(1, self.request.version + 1))
        assert all(later.before is earlier.after for earlier, later in zip(self.log, self.log[1:], strict=False))
        assert all(later.at >= earlier.at for earlier, later in zip(self.log, self.log[1:], strict=False))

    def teardown(self):
        stored = [replace(entry, data=json.loads(json.dumps(dict(entry.data)))) for entry in self.log]
        assert replay_log(stored, DESK.calendar) == self.request
        assert recompute_clocks(self.request, stored, DESK.calendar) == self.request

    @invariant()
    def at_most_one_clock_runs_and_none_is_negative(self):
        clocks = [clock for name in ClockName if (clock := self.request.get_clock(name))]
        assert sum(clock.is_running for clock in clocks) <= 1
        assert all(clock.count_used(self.now, DESK.calendar) >= 0 for clock in clocks)
        if self.request.state in ENDED_STATES | {RequestState.DELIVERED}:
            assert all(clock.stopped for clock in clocks)

    @invariant()
    def who_works_on_it_is_pmo_staff_and_is_known_while_there_is_work(self):
        assert self.request.assignee in (None, WEI.id, EMEKA.id)
        if self.request.state in WORK_STATES | {RequestState.DELIVERED}:
            assert self.request.assignee

    @invariant()
    def nobody_approved_their_own_request(self):
        assert self.requesters == {self.request.requester, *self.request.former_requesters}
        assert self.request.approved_by not in self.requesters

    @invariant()
    def what_is_waited_for_is_known_only_while_waiting(self):
        waiting = self.request.state in (
            RequestState.NEEDS_INFO,
            RequestState.CHANGES_REQUESTED,
            RequestState.WAITING_REQUESTER,
        )
        assert bool(self.request.question) == waiting
        assert bool(self.request.review_on) == (self.request.state is RequestState.ON_HOLD)


def actor_is_lead(entry: RequestLogEntry, request: Request) -> bool:
    return entry.actor == EMEKA.id and not request.was_made_by(EMEKA.id) and bool(entry.comment)


Lives.TestCase.settings = settings(max_examples=scale(30), stateful_step_count=50)
test_any_life_of_a_request = Lives.TestCase
