"""Only what Slack signed is read, nonsense gets 400 or 401 instead of an internal error, and no log quotes it."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import signed_requests
from bot.signed_requests import FORM_TYPE, JSON_TYPE
from handlers.context import AppContext
from tests.bot.http_requests import Endpoint, format_request, open_test_endpoint, sign
from tests.handbook_data import copy_data
from tests.handlers.questions.records.sample_office import open_sample_office
from tests.handlers.switchboard import open_switchboard
from tests.handlers.test_strangers import Sender
from tests.samples import scale

ADA = Sender("U01ADA")
SECRET_WORD = "narwhal"
OLD = "1000000000"


@pytest.fixture(scope="module")
def ctx(handbook_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppContext]:
    data = copy_data(handbook_data, tmp_path_factory.mktemp("signed") / "data")
    with open_sample_office(data) as opened:
        yield opened.ctx


@pytest.fixture
async def endpoint(ctx: AppContext, monkeypatch: pytest.MonkeyPatch):
    """The bot's own routes behind it."""
    async with open_test_endpoint(open_switchboard(ctx, monkeypatch).app) as opened:
        yield opened


def build_event(payload: object) -> tuple[bytes, str]:
    return json.dumps(payload).encode(), JSON_TYPE


def build_interaction(payload: object) -> tuple[bytes, str]:
    return urlencode({"payload": json.dumps(payload)}).encode(), FORM_TYPE


def build_command(payload: Any) -> tuple[bytes, str]:
    is_form = isinstance(payload, dict) and all(isinstance(value, str) for value in payload.values())
    return (urlencode(payload) if is_form else json.dumps(payload)).encode("utf-8", "replace"), FORM_TYPE


PAYLOADS: list[tuple[dict[str, Any], Callable[[Any], tuple[bytes, str]]]] = [
    (ADA.write("app_mention", f"<@U00PMOBOT> {SECRET_WORD}", "C07ASK"), build_event),
    (ADA.write("message", SECRET_WORD, "DADA"), build_event),
    (ADA.open_home(), build_event),
    ({"type": "url_verification", "challenge": "c", "token": SECRET_WORD}, build_event),
    (ADA.command(f"/pmo {SECRET_WORD}"), build_command),
    (ADA.command("/pmo-request health-check"), build_command),
    (ADA.click("request.show", "2"), build_interaction),
    (ADA.click("request.menu", "1:open"), build_interaction),
    (ADA.submit("update.form", "", {"subject": "project:smart-metering", "summary": SECRET_WORD}), build_interaction),
    (ADA.search("request.project"), build_interaction),
    (ADA.shortcut("tell_story"), build_interaction),
]


async def send(endpoint: Endpoint, body: bytes, content_type: str = JSON_TYPE, **headers: str) -> int:
    return await endpoint.request(format_request(body, {"Content-Type": content_type, **sign(body), **headers}))


@pytest.mark.parametrize(("payload", "build"), PAYLOADS)
async def test_whatever_slack_sends_is_accepted(
    endpoint: Endpoint, payload: dict[str, Any], build: Callable[[Any], tuple[bytes, str]]
) -> None:
    assert await send(endpoint, *build(payload)) == 200


async def test_unsigned_request_is_refused_unread(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(signed_requests.json, "loads", None)
    body, _ = build_event(PAYLOADS[0][0])
    wrong = [
        {},
        {"X-Slack-Signature": sign(body)["X-Slack-Signature"]},
        {"X-Slack-Request-Timestamp": sign(body)["X-Slack-Request-Timestamp"]},
        sign(body, secret="another"),
        sign(body + b" "),
        sign(body, timestamp=OLD),
        sign(body) | {"X-Slack-Request-Timestamp": SECRET_WORD},
        sign(body) | {"X-Slack-Request-Timestamp": "9" * 5000},
        sign(body) | {"X-Slack-Signature": "v0=närwhal"},
    ]
    for headers in wrong:
        assert await endpoint.request(format_request(body, {"Content-Type": JSON_TYPE, **headers})) == 401, headers
    assert "its signature is missing, old or wrong" in caplog.text
    assert SECRET_WORD not in caplog.text


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", JSON_TYPE),
        (b"narwhal", JSON_TYPE),
        (b'{"type": "narwhal"}', JSON_TYPE),
        (b'["narwhal"]', JSON_TYPE),
        (b'{"type": "event_callback", "event": "narwhal"}', JSON_TYPE),
        (b"[" * 100_000, JSON_TYPE),
        (b'{"a":' * 500 + b"1" + b"}" * 500, JSON_TYPE),
        (b"9" * 100_000, JSON_TYPE),
        (b"", FORM_TYPE),
        (b"text=narwhal", FORM_TYPE),
        (b"payload=narwhal", FORM_TYPE),
        (b"payload=%7B%22type%22%3A%22narwhal%22%7D", FORM_TYPE),
        (b"a=1&" * 1_000, FORM_TYPE),
        (build_event(PAYLOADS[0][0])[0], "text/plain"),
        (build_event(PAYLOADS[0][0])[0], FORM_TYPE),
        (build_interaction(PAYLOADS[6][0])[0], JSON_TYPE),
    ],
)
async def test_signed_nonsense_is_refused(
    endpoint: Endpoint, body: bytes, content_type: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert await send(endpoint, body, content_type) == 400
    assert caplog.text.count("Refused a request from 127.0.0.1") == 1
    assert SECRET_WORD not in caplog.text


async def test_text_that_is_not_utf_8_is_refused(endpoint: Endpoint) -> None:
    assert await send(endpoint, b'{"type": "\xff\xfe"}') == 401


async def test_other_paths_and_methods_are_refused(endpoint: Endpoint) -> None:
    assert await endpoint.request(format_request(b"", {}, path="/narwhal")) == 404
    assert await endpoint.request(format_request(b"", {}, method="GET")) == 405


async def test_certificate_check_needs_no_signature(endpoint: Endpoint) -> None:
    unsigned = format_request(b"ssl_check=1&token=t", {"Content-Type": FORM_TYPE})
    assert await endpoint.request(unsigned) == 200
    assert await send(endpoint, b"ssl_check=1&token=t", FORM_TYPE) == 200


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def mutated_payloads(draw: st.DrawFn) -> tuple[bytes, str]:
    """One of Slack's payloads, with values anywhere in it replaced or missing."""
    payload, build = draw(st.sampled_from(PAYLOADS))
    changed = json.loads(json.dumps(payload))
    for _ in range(draw(st.integers(1, 3))):
        place: Any = changed
        path = draw(st.sampled_from(list(list_paths(changed)) or [()]))
        for step in path[:-1]:
            place = place[step]
        if path and draw(st.booleans()):
            del place[path[-1]]
        elif path:
            place[path[-1]] = draw(JSON_VALUES)
    return build(changed)


def list_paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for step in steps:
        yield (*before, step)
        yield from list_paths(value[step], (*before, step))


@settings(max_examples=scale(300))
@given(request=mutated_payloads())
async def test_mutated_payload_never_causes_an_internal_error(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture, request: tuple[bytes, str]
) -> None:
    caplog.clear()
    status = await send(endpoint, *request)
    assert status in (200, 400, 404), (request, caplog.text)
    assert SECRET_WORD not in caplog.text


@settings(max_examples=scale(100))
@given(data=st.data())
async def test_mutated_bytes_never_cause_an_internal_error(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture, data: st.DataObject
) -> None:
    caplog.clear()
    payload, build = data.draw(st.sampled_from(PAYLOADS))
    body, content_type = build(payload)
    at = data.draw(st.integers(0, len(body) - 1))
    body = body[:at] + data.draw(st.binary(max_size=4)) + body[at + data.draw(st.integers(0, 4)) :]
    content_type = data.draw(st.sampled_from([content_type, JSON_TYPE, FORM_TYPE, "text/plain", "multipart/form-data"]))
    headers = data.draw(st.dictionaries(st.sampled_from([*sign(b"")]), st.text("v0=19af-. é", max_size=80)))
    assert await send(endpoint, body, content_type, **headers) in (200, 400, 401, 404)
