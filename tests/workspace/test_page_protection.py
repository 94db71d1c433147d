"""The page accepts requests only from this machine, and not from other sites' pages."""

import pytest

from tests.workspace.running import running_workspace


async def get_page(workspace, path, **headers):
    async with workspace.session.get(workspace.url + path, headers=headers) as response:
        return response.status, response.headers


async def test_every_response_has_a_strict_policy(workspace):
    for path in ("/", "/client/boot", "/api/api.test"):
        status, headers = await get_page(workspace, path)
        assert status == 200
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.7:8080"])
async def test_host_names_beyond_loopback_are_refused(workspace, host):
    assert (await get_page(workspace, "/client/boot", Host=host))[0] == 403


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080"])
async def test_loopback_host_names_are_accepted(workspace, host):
    assert (await get_page(workspace, "/client/boot", Host=host))[0] == 200


async def test_a_public_host_accepts_other_names():
    async with running_workspace(host="0.0.0.0") as workspace:  # noqa: S104  what is tested
        assert (await get_page(workspace, "/client/boot", Host="pmo.example"))[0] == 200


@pytest.mark.parametrize("host", ["::1", "localhost", "127.0.0.1"])
async def test_the_printed_url_opens_for_every_host(host):
    async with running_workspace(host=host) as workspace:
        assert (await get_page(workspace, "/client/boot"))[0] == 200
        assert (await workspace.api("auth.test"))["url"].startswith(workspace.url)


async def test_other_origins_can_neither_write_nor_listen(workspace):
    foreign = {"Origin": "https://evil.example"}
    body = {"user": "U01ADA", "channel": "C01GENERAL", "text": "x"}
    async with workspace.session.post(f"{workspace.url}/client/post", json=body, headers=foreign) as response:
        assert response.status == 403
    async with workspace.session.post(f"{workspace.url}/client/post", data="{}", headers=foreign) as response:
        assert response.status == 403
    upgrade = foreign | {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    assert (await get_page(workspace, "/client/socket?user=U01ADA", **upgrade))[0] == 403
    own = {"Origin": workspace.url}
    async with workspace.session.post(f"{workspace.url}/client/post", json=body, headers=own) as response:
        assert (await response.json())["ok"]


@pytest.mark.parametrize("said", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
async def test_images_on_other_pages_cannot_call_methods(workspace, said):
    call = f"/api/chat.postMessage?token={workspace.bot_token}&channel=C01GENERAL&text=x"
    assert (await get_page(workspace, call, **said))[0] == 403
    assert (await get_page(workspace, "/client/boot", **said))[0] == 403
    assert (await get_page(workspace, "/", **said))[0] == 200  # following a link is allowed
    assert (await get_page(workspace, call))[0] == 200


async def test_unknown_people_see_nothing(workspace):
    async with workspace.session.get(f"{workspace.url}/client/boot?user=U99NOBODY") as response:
        assert (await response.json())["error"] == "user_not_found"
    assert (await get_page(workspace, "/client/socket?user=U99NOBODY"))[0] == 404


async def test_private_messages_are_visible_to_members_only(workspace):
    ben = workspace.as_user("U02BEN")
    await workspace.as_user("U03WEI").post("C03TRIAGE", "Confidential")
    await workspace.as_user("U04DANA").post("C01GENERAL", "Public")
    await ben.wait_message("Public")
    assert ben.nothing_came("message")
    assert "C03TRIAGE" not in [channel["id"] for channel in (await ben.boot())["channels"]]


async def test_a_permalink_redirects_to_the_page(workspace):
    address = f"{workspace.url}/archives/C02PROJECTS/p1700000000000100"
    async with workspace.session.get(address, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, "/#C02PROJECTS")


async def test_the_page_defaults_to_the_first_person(workspace):
    async with workspace.session.get(f"{workspace.url}/client/boot") as response:
        boot = await response.json()
    assert boot["me"]["id"] == "U01ADA"
    assert boot["app"] == {
        "id": "A00PMO",
        "name": "PMO Assistant",
        "bot_user_id": "U00PMOBOT",
        "home_enabled": True,
        "messages_enabled": True,
        "description": "An app of the tests.",
        "is_agent": True,
        "connected": False,
    }
    assert [command["command"] for command in boot["commands"]] == ["/pmo", "/pmo-request"]
    assert [shortcut["type"] for shortcut in boot["shortcuts"]] == ["global", "message"]
    [own] = [channel for channel in boot["channels"] if channel["is_app"]]
    assert (own["user"], own["name"], own["is_im"]) == ("U00PMOBOT", "PMO Assistant", True)


async def test_older_messages_are_paginated(workspace):
    ada = workspace.as_user("U01ADA")
    posted = [await ada.post("C02PROJECTS", str(number)) for number in range(5)]
    address, query = f"{workspace.url}/client/messages", {"user": "U01ADA", "channel": "C02PROJECTS", "limit": "2"}
    async with workspace.session.get(address, params=query) as response:
        page = await response.json()
    assert ([message["text"] for message in page["messages"]], page["has_more"]) == (["3", "4"], True)
    async with workspace.session.get(address, params=query | {"before": posted[1]}) as response:
        page = await response.json()
    assert ([message["text"] for message in page["messages"]], page["has_more"]) == (["0"], False)
