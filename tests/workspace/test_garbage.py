"""Whatever is sent to any URL, the workspace responds, and refuses what it can't use."""

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.samples import scale
from tests.workspace.running import RunningWorkspace, running_workspace
from workspace.web_api import METHODS

FORM = "application/x-www-form-urlencoded"
NAMES = re.findall(
    r"\w+",
    "action action_id add all block_id blocks callback_id channel channel_id channels chunks container "
    "count cursor event every external_id filename files hash kind latest length limit loading_messages "
    "markdown_text message_ts metadata method ms name oldest other probability prompts reason "
    "response_action retry_after same_id state status strict tab text thread_ts times timestamp title "
    "token trigger_id ts type types user user_id users value values view view_id ",
)
VIEW = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "goal",
            "label": {"type": "plain_text", "text": "Goal"},
            "element": {"type": "plain_text_input", "action_id": "it", "min_length": 3},
        }
    ],
}
KNOWN: list[Any] = [
    "C02PROJECTS",
    "U02BEN",
    "D02BEN",
    "1789376400.000100",
    "modal",
    "message",
    "view",
    "status",
    {"values": {"goal": {"it": {"type": "plain_text_input", "value": "x"}}}},
    {"values": {"goal": "x"}},
    [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}],
    [{"type": "image", "slack_file": {"id": 1}, "alt_text": "x"}],
    VIEW,
]

# With these values most calls get past their first checks.
USEFUL = {
    "user": "U02BEN",
    "channel": "C02PROJECTS",
    "ts": "1789376400.000100",
    "view_id": "modal",
    "trigger_id": "trigger",
    "text": "x",
    "container": {"type": "message", "channel": "C02PROJECTS", "ts": "1789376400.000100"},
}

odd = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(KNOWN)
anything = st.recursive(
    odd,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner),
)
objects = st.builds(
    dict.__or__, st.sampled_from([{}, USEFUL]), st.dictionaries(st.sampled_from(NAMES), anything, max_size=4)
)
bodies = (
    st.tuples(
        st.just("application/json"), (objects | anything).map(json.dumps).map(str.encode) | st.binary(max_size=50)
    )
    | st.tuples(st.just(FORM), st.binary(max_size=50))
    | st.tuples(st.sampled_from([FORM + "; charset=klingon", "multipart/form-data; boundary=x", "a/b"]), st.binary())
    | st.tuples(st.just("multipart/form-data; boundary=x"), st.just(b'--x\r\nContent-Disposition: form-data; name="a"'))
)


@dataclass
class Target:
    workspace: RunningWorkspace
    view_id: str = ""
    ts: str = ""

    async def prepare(self) -> None:
        trigger = self.workspace.server.hub.triggers.issue("U02BEN")
        self.view_id = (await self.workspace.api("views.open", trigger_id=trigger, view=VIEW))["view"]["id"]
        self.ts = (await self.workspace.api("chat.postMessage", channel="C02PROJECTS", text="Hello"))["ts"]

    def filled_in(self, body: bytes) -> bytes:
        """Return the body with the ids of a real message, view and trigger."""
        trigger = self.workspace.server.hub.triggers.issue("U02BEN")
        there = {
            b"1789376400.000100": self.ts,
            b'"view_id": "modal"': f'"view_id": "{self.view_id}"',
            b'"trigger"': f'"{trigger}"',
        }
        for word, real in there.items():
            body = body.replace(word, real.encode())
        return body

    def routes(self) -> list[tuple[str, str]]:
        routes = self.workspace.server._runner.app.router.routes()
        return [
            (route.method, route.resource.canonical) for route in routes if "static" not in route.resource.canonical
        ]

    async def send(self, verb: str, path: str, query: dict[str, str], kind: str, body: bytes) -> tuple[int, str]:
        hub = self.workspace.server.hub
        headers = {"Authorization": f"Bearer {self.workspace.bot_token}", "Content-Type": kind}
        given = {} if verb == "GET" else {"data": body}
        address = self.workspace.url + path
        async with self.workspace.session.request(
            verb, address, params=query, headers=headers, allow_redirects=False, **given
        ) as response:
            answer = response.status, (await response.read())[:200].decode(errors="replace")
        hub.faults.replace([])
        hub.token_error, self.workspace.server.api.rates.strict = "", False
        return answer


@pytest.fixture(scope="module")
def target():
    with asyncio.Runner() as runner:
        context = running_workspace(ack_seconds=0.05)
        made = Target(runner.run(context.__aenter__()))
        runner.run(made.prepare())
        yield made, runner.run
        runner.run(context.__aexit__(None, None, None))


@settings(max_examples=scale(300), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_garbage_never_causes_a_server_error(target, data):
    made, run = target
    verb, path = data.draw(st.sampled_from(made.routes()))
    verb = data.draw(st.sampled_from(["GET", "POST"])) if verb == "*" else verb
    path = path.replace("{method}", data.draw(st.sampled_from(sorted(METHODS))))
    for part in ("{channel}", "{message}", "{team}", "{key}", "{ticket}", "{id}", "{name}"):
        path = path.replace(part, data.draw(st.text("abc%é .#", min_size=1, max_size=5)))
    query = data.draw(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=10), max_size=3))
    kind, body = data.draw(bodies)
    body = made.filled_in(body)
    status, words = run(made.send(verb, path, query, kind, body))
    assert status < 500, (status, words)
