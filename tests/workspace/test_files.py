"""Files: uploaded in three steps, shared, shown in blocks, and never served as a page."""

import base64

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.workspace.running import MANIFEST, running_workspace

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def client(workspace):
    return AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)


def authorization(workspace, token=None):
    return {"Authorization": f"Bearer {token or workspace.bot_token}"}


async def test_file_urls_require_a_token_with_scope(workspace, client):
    address = (await client.files_upload_v2(filename="what? #1.png", content=PIXEL))["file"]["url_private"]

    async def status(address, headers):
        async with workspace.session.get(address, headers=headers) as response:
            return response.status

    assert await status(address, {}) == 403
    assert await status(address, authorization(workspace, workspace.app_token)) == 403
    assert await status(address, authorization(workspace)) == 200
    to_ben = address.replace("/files/", "/client/files/")
    assert [await status(f"{to_ben}?user={user}", {}) for user in ("U02BEN", "U99NOBODY")] == [200, 403]
    await workspace.control("token", {"revoked": True})
    assert await status(address, authorization(workspace)) == 403
    deaf = MANIFEST | {"oauth_config": {"scopes": {"bot": ["files:write"]}}}
    async with running_workspace(deaf) as other:
        done = await AsyncWebClient(token=other.bot_token, base_url=other.api_url).files_getUploadURLExternal(
            filename="a.png", length=1
        )
        assert await status(f"{other.url}/files/{done['file_id']}/a.png", authorization(other)) == 403


async def test_the_sdk_upload_shares_file_and_comment(workspace, client):
    ben = workspace.as_user("U02BEN")
    done = await client.files_upload_v2(
        filename="trend.png", content=PIXEL, title="Trend", channel="C02PROJECTS", initial_comment="This month"
    )
    message = await ben.wait_message("This month")
    file = message["files"][0]
    assert (file["id"], file["title"], file["mimetype"]) == (done["file"]["id"], "Trend", "image/png")
    assert (file["original_w"], file["original_h"], file["size"]) == (1, 1, len(PIXEL))
    async with workspace.session.get(workspace.url + file["url_private"], headers=authorization(workspace)) as response:
        assert await response.read() == PIXEL
        assert response.headers["Content-Type"] == "image/png"
    info = await client.files_info(file=file["id"])
    assert info["file"]["channels"] == ["C02PROJECTS"]
    assert info["file"]["url_private"] == f"{workspace.url}/files/{file['id']}/trend.png"


async def test_an_uploaded_picture_is_accepted_in_blocks(workspace, client):
    done = await client.files_upload_v2(filename="trend.png", content=PIXEL)
    image = {"type": "image", "alt_text": "Trend", "slack_file": {"id": done["file"]["id"]}}
    posted = await client.chat_postMessage(channel="C02PROJECTS", text="Trend", blocks=[image])
    assert posted["message"]["blocks"][0]["slack_file"]["url_private"] == f"/files/{done['file']['id']}/trend.png"
    attached = await client.chat_postMessage(channel="C02PROJECTS", text="Trend", attachments=[{"blocks": [image]}])
    assert attached["message"]["attachments"][0]["blocks"][0]["slack_file"]["url_private"].endswith("trend.png")
    home = {"type": "home", "blocks": [image]}
    published = await client.views_publish(user_id="U04DANA", view=home)
    assert published["view"]["blocks"][0]["slack_file"]["url_private"] == f"/files/{done['file']['id']}/trend.png"


async def test_blocks_refuse_files_that_are_not_pictures(workspace, client):
    drawn = await client.files_upload_v2(filename="trend.svg", content=b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    for file in ("F0NOTHERE", drawn["file"]["id"]):
        image = {"type": "image", "alt_text": "Trend", "slack_file": {"id": file}}
        refused = await workspace.api("chat.postMessage", channel="C02PROJECTS", blocks=[image])
        assert (refused["error"], refused["errors"][0]["pointer"]) == ("invalid_blocks", "/blocks/0/slack_file")
        home = {"type": "home", "blocks": [{"type": "divider"}, image]}
        refused = await workspace.api("views.publish", user_id="U04DANA", view=home)
        assert (refused["error"], refused["errors"][0]["pointer"]) == ("invalid_arguments", "/view/blocks/1/slack_file")


async def test_other_files_are_served_as_downloads(workspace, client):
    done = await client.files_upload_v2(filename="page.html", content=b"<script>alert(1)</script>")
    async with workspace.session.get(done["file"]["url_private"], headers=authorization(workspace)) as response:
        assert response.headers["Content-Disposition"] == "attachment"
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_an_upload_url_checks_length_and_works_once(workspace):
    started = await workspace.api("files.getUploadURLExternal", filename="a.txt", length=3)
    complete = {"files": [{"id": started["file_id"]}]}
    assert (await workspace.api("files.completeUploadExternal", **complete))["error"] == "file_not_found"
    async with workspace.session.post(started["upload_url"], data=b"four") as response:
        assert response.status == 400
    async with workspace.session.post(started["upload_url"], data=b"abc") as response:
        assert response.status == 200
    async with workspace.session.post(started["upload_url"], data=b"abc") as response:
        assert response.status == 400
    assert (await workspace.api("files.completeUploadExternal", **complete))["files"][0]["size"] == 3


async def test_files_are_shared_only_in_writable_channels(workspace):
    started = await workspace.api("files.getUploadURLExternal", filename="a.txt", length=3)
    async with workspace.session.post(started["upload_url"], data=b"abc"):
        pass
    args = {"files": [{"id": started["file_id"]}], "channel_id": "C99NOWHERE"}
    assert (await workspace.api("files.completeUploadExternal", **args))["error"] == "channel_not_found"
    assert (await workspace.api("files.info", file="F0NOTHERE"))["error"] == "file_not_found"


async def test_people_can_upload_files_for_modals(workspace):
    address = f"{workspace.url}/client/upload"
    async with workspace.session.post(address, params={"user": "U01ADA", "name": "plan.txt"}, data=b"plan") as response:
        file = (await response.json())["file"]
    assert (file["name"], file["user"], file["size"]) == ("plan.txt", "U01ADA", 4)
