"""Invalid requests: Slack's own codes from the Web API, sentences that name the field from the other APIs."""

import pytest

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


async def post_body(workspace, kind, body, path="/api/chat.postMessage"):
    headers = {"Authorization": f"Bearer {workspace.bot_token}"} | ({"Content-Type": kind} if kind else {})
    skip = () if kind else ("Content-Type",)
    async with workspace.session.post(
        workspace.url + path, data=body, headers=headers, skip_auto_headers=skip
    ) as response:
        return response.status, await response.json()


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        (JSON, b"{", "invalid_json"),
        (JSON, b"\xff", "invalid_json"),
        (JSON, b'{"text": NaN}', "invalid_json"),
        (JSON, b"[" * 10_000, "invalid_json"),
        (JSON, b"[]", "json_not_object"),
        (FORM + "; charset=klingon", b"text=x", "invalid_charset"),
        (FORM, b"text=%ff&\xff", "invalid_form_data"),
        ("multipart/form-data; boundary=x", b"--y", "invalid_form_data"),
        ("application/xml", b"<text/>", "invalid_post_type"),
        ("", b"text=x", "missing_post_type"),
    ],
)
async def test_an_unreadable_body_gets_slacks_code(workspace, kind, body, code):
    assert await post_body(workspace, kind, body) == (200, {"ok": False, "error": code})
    assert (await workspace.calls())[-1]["error"] == code


async def test_unpaired_surrogates_are_replaced(workspace):
    answer = await post_body(workspace, JSON, b'{"channel": "C02PROJECTS", "text": "Half: \\ud83d"}')
    assert answer[1]["message"]["text"] == "Half: \N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("what", "body", "field"),
    [
        ("submit", {"state": "s"}, "state"),
        ("submit", {"state": {"values": {"goal": "s"}}}, "goal"),
        ("action", {"action": "press"}, "action"),
        ("options", {"container": []}, None),
        ("options", {"container": "C02PROJECTS"}, "container"),
    ],
)
async def test_page_api_errors_name_the_field(workspace, what, body, field):
    async with workspace.session.post(f"{workspace.url}/client/{what}", json={"user": "U02BEN"} | body) as response:
        answer = await response.json()
    assert (response.status, answer["ok"]) == (200, False)
    assert field is None or answer["message"] == f"{field} must be an object."


@pytest.mark.parametrize("limit", ["x", "-1", "²", "9" * 5000])
async def test_the_message_limit_must_be_a_number(workspace, limit):
    query = {"user": "U02BEN", "channel": "C01GENERAL", "limit": limit}
    async with workspace.session.get(f"{workspace.url}/client/messages", params=query) as response:
        assert (await response.json())["message"] == "limit must be a positive whole number."


@pytest.mark.parametrize(
    ("what", "body", "expected"),
    [
        ("faults", {}, "The request body must be a list of faults."),
        ("faults", [{"kind": "delay"}, 7], "Fault 1: it must be an object."),
        ("faults", [{"kind": "delay", "ms": "soon"}], "Fault 0: ms must be a whole number"),
        ("faults", [{"kind": "delay", "every": 0}], "Fault 0: every must be a whole number from 1"),
        ("faults", [{"kind": "status", "status": 200}], "Fault 0: status must be a whole number from 400 to 599."),
        ("faults", [{"kind": "error", "error": ""}], "Fault 0: error must be text that isn't empty."),
        ("faults", [{"kind": "delay", "probability": 2}], "Fault 0: probability must be a number from 0 to 1."),
        ("rates", {"messages_per_minute": 0}, "messages_per_minute must be a whole number from 1"),
        ("rates", {"strict": "yes"}, "strict must be true or false."),
        ("token", {"revoked": 1}, "revoked must be true or false."),
        ("event", {"event": {}}, "event must be an object with a type."),
        ("event", {"event": {"type": "message"}, "times": -1}, "times must be a whole number from 1"),
        ("disconnect", {"drop": True, "count": "all"}, "count must be a whole number from 0"),
        ("disconnect", [], "The request body must be a JSON object."),
    ],
)
async def test_control_api_errors_name_the_field(workspace, what, body, expected):
    async with workspace.session.post(f"{workspace.url}/control/{what}", json=body) as response:
        answer = await response.json()
    assert response.status == 400
    assert answer["message"].startswith(expected)


async def test_an_invalid_fault_leaves_the_others_unchanged(workspace):
    await workspace.faults({"kind": "delay"})
    await workspace.control("faults", [{"kind": "status"}, {"kind": "delay", "ms": -1}])
    assert [fault["kind"] for fault in (await workspace.control("faults"))["faults"]] == ["delay"]
    await post_body(workspace, JSON, b"{", "/control/faults")
    assert [fault["kind"] for fault in (await workspace.control("faults"))["faults"]] == ["delay"]


async def test_the_log_limit_must_be_a_number(workspace):
    for _ in range(3):
        await workspace.api("auth.test")
    assert len((await workspace.control("calls", limit="2"))["calls"]) == 2
    assert "limit must be a whole number" in (await workspace.control("calls", limit="x"))["message"]
