"""Who reads what, whatever they use: persons × records × surfaces.

Each person uses every surface, and everything that comes back is searched for the words of records that aren't theirs:
texts, blocks, fallback texts, options, errors, and the log.
"""

import itertools
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from foundation.access import Access, PersonKind
from handlers.context import AppContext
from handlers.requests.notifications import announce_request
from handlers.strategy.stories import add_story
from knowledge.answers import Answer, Outcome
from servicedesk.records import RequestVerb
from servicedesk.requests import apply_verb, draft_request
from storage.questions import QuestionPlace
from strategy.stories import apply_story_verb, draft_story
from strategy.story_records import StoryText, StoryVerb
from tests.handbook_data import copy_data
from tests.handlers.questions.records.sample_office import NOVEMBER, open_sample_office
from tests.handlers.switchboard import OURS, THEIRS, KnownPeople, Switchboard, open_switchboard
from tests.servicedesk.cast import health_check

ADA, BEN, WEI, DANA, EMEKA, FARAH = "U01ADA", "U02BEN", "U03WEI", "U04DANA", "U05EMEKA", "U06FARAH"
OLGA, GINA, ULLA, DMITRI, ROBOT = "U07OLGA", "U08GINA", "U09ULLA", "U10DMITRI", "U12ROBOT"
KINDS = {
    OLGA: PersonKind.OUTSIDER,
    GINA: PersonKind.GUEST,
    DMITRI: PersonKind.DEACTIVATED,
    ROBOT: PersonKind.BOT,
}
STRANGERS = (OLGA, GINA, ULLA, DMITRI, ROBOT)
LISTED = (ADA, BEN, WEI, DANA, EMEKA, FARAH)

# The distinctive words of each record, and who may read it.
RECORDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "strategy": (
        (
            "Less water is lost between the works and the tap",
            "Smart metering roll-out",
            "One register of pipes and pumps",
            "Water supplied that is not billed",
        ),
        LISTED,
    ),
    "confidential objective": (
        ("Three depots do the work of five", "Depot moves", "Three sites chosen"),
        (DANA, EMEKA),
    ),
    "request": (("Check the meter roll-out", "Check the new desk"), LISTED),
    "confidential request": (("Where the quaggas go",), (DANA, WEI, EMEKA)),
    "request of an unlisted colleague": (("Kiwis in the pump house",), (*LISTED, ULLA)),
    "story draft": (("An okapi mends the pump", "It holds since May."), (FARAH, WEI, EMEKA)),
    "question of another": (("calm a wombat",), (DANA, WEI, EMEKA)),
    "gap": (("narwhals park",), (BEN, WEI, EMEKA)),
    "figures": (("Median", "median"), (WEI, EMEKA)),
}
QUESTIONS = (
    "which projects are red?",
    "how is the metering going?",
    "how are the depots doing?",
    "what is the budget of the metering?",
    "what does Farah own?",
    "who hasn't reported?",
    "what is our strategy?",
    "where is my request?",
    "what is the status of PMO-2?",
    "what about PMO-5?",
    "show me all open requests",
    "how satisfied are people?",
    "which success stories are there?",
    "what waits for me?",
)
COMMANDS = (
    "/pmo help",
    "/pmo gaps",
    "/pmo learned",
    "/pmo-request",
    "/pmo-request health-check",
    "/pmo-requests",
    "/pmo-requests PMO-2",
    "/pmo-requests PMO-5",
    "/pmo-requests triage",
    "/pmo-requests queue",
    "/pmo-requests open",
    "/pmo-requests figures",
    "/pmo-strategy",
    "/pmo-strategy metering",
    "/pmo-strategy depot",
    "/pmo-strategy digest",
    "/pmo-update",
    "/pmo-story",
)
BUTTONS = (
    ("request.show", "2"),
    ("request.show", "5"),
    ("request.accept", "1"),
    ("request.menu", "1:open"),
    ("request.menu", "5:open"),
    ("strategy.open", "project:smart-metering"),
    ("strategy.open", "objective:fewer-depots"),
    ("strategy.show", "all"),
    ("update.write", "project:smart-metering"),
    ("story.request_changes", "S-okapi"),
    ("story.edit", "S-okapi"),
    ("question.answer", "Q-wombat"),
    ("question.show", "Q-wombat"),
    ("question.forward", "Q-narwhal"),
    ("learned.choose", "Q-wombat"),
    ("setup.digest", "x"),
    ("help.show", "all"),
)
FORMS = (
    ("update.form", "", {"subject": "project:smart-metering", "rag": "green", "summary": "Fine."}),
    ("story.note", "request_changes:S-okapi", {"note": ""}),
    ("question.answer", "Q-wombat", {"answer": ""}),
)
FIELDS = ("request.project", "request.objective", "strategy.pick", "learned.section")
SHORTCUTS = ("request_service", "write_update", "tell_story")
_COUNTER = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who uses the bot; what they send names their workspace as Slack does."""

    user: str

    @property
    def team(self) -> str:
        return THEIRS if self.user == OLGA else OURS

    @property
    def signature(self) -> dict[str, Any]:
        number = next(_COUNTER)
        return {
            "user": {"id": self.user, "team_id": self.team},
            "team": {"id": OURS},
            "trigger_id": f"{number}.1",
            "response_url": "https://hooks.invalid/1",
        }

    def write(self, kind: str, text: str, channel: str) -> dict[str, Any]:
        ts = f"1795000000.{next(_COUNTER):06}"
        event = {"type": kind, "user": self.user, "text": text, "channel": channel, "ts": ts, "event_ts": ts}
        event |= {"user_team": self.team, "source_team": self.team, "team": self.team}
        event |= {"channel_type": "im"} if kind == "message" else {}
        return {"type": "event_callback", "team_id": OURS, "event_id": f"Ev{ts}", "event": event}

    def command(self, typed: str) -> dict[str, Any]:
        name, _, text = typed.partition(" ")
        place = {"user_id": self.user, "team_id": self.team, "channel_id": "C01GENERAL"}
        return {"command": name, "text": text} | place | {k: self.signature[k] for k in ("trigger_id", "response_url")}

    def click(self, action_id: str, value: str) -> dict[str, Any]:
        action = {"action_id": action_id, "block_id": "b", "type": "button", "value": value, "action_ts": "1"}
        message = {"container": {"channel_id": "C03TRIAGE"}, "message": {"ts": "1.1"}, "channel": {"id": "C03TRIAGE"}}
        return {"type": "block_actions", "actions": [action]} | message | self.signature

    def submit(self, callback_id: str, carried: str, given: Mapping[str, str]) -> dict[str, Any]:
        values = {name: {"a": {"type": "plain_text_input", "value": value}} for name, value in given.items()}
        blocks = [{"type": "input", "block_id": name} for name in given]
        view = {"id": f"V{next(_COUNTER)}", "type": "modal", "callback_id": callback_id, "private_metadata": carried}
        return {
            "type": "view_submission",
            "view": view | {"blocks": blocks, "state": {"values": values}},
        } | self.signature

    def search(self, action_id: str) -> dict[str, Any]:
        return {"type": "block_suggestion", "action_id": action_id, "block_id": "b", "value": ""} | self.signature

    def shortcut(self, callback_id: str) -> dict[str, Any]:
        return {"type": "shortcut", "callback_id": callback_id} | self.signature

    def open_home(self) -> dict[str, Any]:
        event = {"type": "app_home_opened", "user": self.user, "channel": f"D{self.user}", "tab": "home"}
        return {"type": "event_callback", "team_id": self.team, "event_id": f"Ev{next(_COUNTER)}", "event": event}


def iterate_surfaces(sender: Sender) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that the person can do, by name."""
    for question in QUESTIONS:
        yield f"mention: {question}", sender.write("app_mention", f"<@U00PMOBOT> {question}", "C07ASK")
    for question in QUESTIONS[:2]:
        yield f"message: {question}", sender.write("message", question, f"D{sender.user}")
        yield f"/pmo {question}", sender.command(f"/pmo {question}")
    yield from ((typed, sender.command(typed)) for typed in COMMANDS)
    yield from ((f"{action} {value}", sender.click(action, value)) for action, value in BUTTONS)
    yield from ((f"form {one[0]}", sender.submit(*one)) for one in FORMS)
    yield from ((f"field {one}", sender.search(one)) for one in FIELDS)
    yield from ((f"shortcut {one}", sender.shortcut(one)) for one in SHORTCUTS)
    yield "home", sender.open_home()


@pytest.fixture(scope="module")
def sample(handbook_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppContext]:
    data = copy_data(handbook_data, tmp_path_factory.mktemp("strangers") / "data")
    with open_sample_office(data) as opened:
        directory = KnownPeople(KINDS)
        people = opened.ctx.people.observe(directory.recall)
        ctx = replace(opened.ctx, directory=directory, people=people, desk=replace(opened.ctx.desk, people=people))
        add_records(ctx)
        yield ctx


def add_records(ctx: AppContext) -> None:
    """What the sample doesn't have: a confidential request, one of somebody unlisted, a story draft and questions."""
    with ctx.store.transaction(NOVEMBER) as tx:
        secret = health_check(title="Where the quaggas go", confidential=True)
        for number, user, values in (
            (5, DANA, secret),
            (6, ULLA, health_check(title="Kiwis in the pump house")),
        ):
            person = ctx.people.get(user)
            assert tx.requests.take_next_number() == number
            drafted = draft_request(number, f"form-{number}", "health-check", person, values, NOVEMBER, ctx.desk)
            submitted = apply_verb(drafted.request, RequestVerb.SUBMIT, person, NOVEMBER, ctx.desk)
            announce_request(tx, ctx, tx.requests.add([drafted, submitted]))
        strategy, farah = tx.strategy.get_current(), ctx.people.get(FARAH)
        assert strategy
        text = StoryText("An okapi mends the pump", "It holds since May.", evidence=("log",), objective="less-leakage")
        story = draft_story(strategy, farah, text, story_id="S-okapi", now=NOVEMBER)
        add_story(tx, ctx, apply_story_verb(story, StoryVerb.SUBMIT, farah, strategy, now=NOVEMBER))
        missing = Answer(Outcome.NOT_FOUND, "", 0.0)
        private, public = QuestionPlace(DANA, "", None, True), QuestionPlace(BEN, "C07ASK", "1.1", False)
        tx.questions.record("Q-wombat", private, "how do I calm a wombat?", missing, NOVEMBER)
        tx.questions.record("Q-narwhal", public, "where do narwhals park?", missing, NOVEMBER)
        card = tx.outbox.post(ctx.channels.triage, {"text": "a card"})
        tx.questions.forward("Q-wombat", DANA, card, NOVEMBER)


@pytest.fixture
async def board(sample: AppContext, monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    opened = open_switchboard(sample, monkeypatch)
    await opened.send(Sender(ADA).search("request.project"))  # what was delivered before is nobody's answer
    return opened


def find_leaks(user: str, text: str) -> list[str]:
    """The records in the text that the person may not read."""
    return [name for name, (words, readers) in RECORDS.items() if user not in readers and any(w in text for w in words)]


@pytest.mark.parametrize("user", [*STRANGERS, ADA, BEN, WEI, DANA, EMEKA, FARAH])
async def test_nobody_reads_what_is_not_theirs(board: Switchboard, caplog: pytest.LogCaptureFixture, user: str) -> None:
    caplog.set_level(logging.DEBUG)
    leaks = {}
    for surface, body in iterate_surfaces(Sender(user)):
        caplog.clear()
        shown = read_own(user, await board.send(body))
        if found := find_leaks(user, f"{shown}\n{caplog.text}"):
            leaks[surface] = found
    assert leaks == {}


def read_own(user: str, shown: str) -> str:
    """What the person can read: the triage channel's cards and the PMO's Homes are for others."""
    others = [f'["{other}"' for other in ("C03TRIAGE", *LISTED) if other != user]
    return "\n".join(line for line in shown.split("\n") if not line.startswith(tuple(others)))


@pytest.mark.parametrize(
    ("user", "record", "surface"),
    [
        (ADA, "strategy", "mention: which projects are red?"),
        (ULLA, "request of an unlisted colleague", "/pmo-requests"),
        (DANA, "confidential objective", "strategy.open objective:fewer-depots"),
        (DANA, "confidential request", "/pmo-requests PMO-5"),
        (WEI, "story draft", "home"),
        (EMEKA, "question of another", "question.answer Q-wombat"),
        (WEI, "gap", "/pmo gaps"),
        (ADA, "request", "request.show 2"),
    ],
)
async def test_whoever_may_read_a_record_does(board: Switchboard, user: str, record: str, surface: str) -> None:
    shown = await board.send(dict(iterate_surfaces(Sender(user)))[surface])
    assert any(word in shown for word in RECORDS[record][0])


def build_payload(sender: Sender, route: str) -> dict[str, Any] | None:
    """Something that reaches the route; None for an event, which the surfaces above have."""
    kind, _, name = route.partition(":")
    name = name.replace(".*", ".1")
    build = {
        "command": lambda: sender.command(name),
        "action": lambda: sender.click(name, "2"),
        "view": lambda: sender.submit(name, "2", {"text": "x"}),
        "options": lambda: sender.search(name),
        "shortcut": lambda: sender.shortcut(name),
    }.get(kind)
    return build() if build else None


@pytest.mark.parametrize(
    ("user", "access"), [(GINA, Access.HANDBOOK), (OLGA, Access.NOTHING), (DMITRI, Access.NOTHING)]
)
async def test_no_route_lets_a_stranger_in(board: Switchboard, user: str, access: Access) -> None:
    unanswered = {}
    for route, needs in board.routes.needs.items():
        body = build_payload(Sender(user), route)
        if body is None or needs is None or needs <= access:
            continue
        shown = await board.send(body)
        is_refused = "Guests can't" in shown or "people of other organisations" in shown or '"options": []' in shown
        if is_refused is (user == DMITRI) and "options" not in route and "ask_about_message" not in route:
            unanswered[route] = shown
    assert unanswered == {}


def test_only_notices_of_slack_need_no_person(board: Switchboard) -> None:
    open_to_all = {route for route, needs in board.routes.needs.items() if needs is None}
    assert all(route.startswith("event:") for route in open_to_all)
    assert not open_to_all & {"event:app_mention", "event:message", "event:app_home_opened"}
