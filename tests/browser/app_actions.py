"""What the app sends to the workspace, for the page to show."""

import base64

from tests.browser.kitchen_sink import Json
from tests.workspace.running import RunningWorkspace

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def post_blocks(
    workspace: RunningWorkspace, blocks: list[Json], channel: str = "C02PROJECTS", **more: object
) -> str:
    """Post blocks as the app. Returns the message's ts."""
    return await post_text(workspace, "From the app", channel, blocks=blocks, **more)


async def post_text(workspace: RunningWorkspace, text: str, channel: str = "C02PROJECTS", **more: object) -> str:
    answer = await workspace.api("chat.postMessage", channel=channel, text=text, **more)
    assert answer["ok"], answer
    return str(answer["ts"])


async def open_modal(workspace: RunningWorkspace, view: Json, user: str = "U02BEN") -> Json:
    """Open a modal on this person's page."""
    trigger = workspace.server.hub.triggers.issue(user)
    answer = await workspace.api("views.open", trigger_id=trigger, view=view)
    assert answer["ok"], answer
    return dict(answer["view"])


async def upload_file(workspace: RunningWorkspace, name: str, content: bytes, **place: str) -> str:
    """Upload a file in the three steps an app takes, and share it in `channel_id` if that is given. Returns its id."""
    started = await workspace.api("files.getUploadURLExternal", filename=name, length=len(content))
    async with workspace.session.post(started["upload_url"], data=content) as answer:
        assert answer.status == 200
    done = await workspace.api("files.completeUploadExternal", files=[{"id": started["file_id"]}], **place)
    assert done["ok"], done
    return str(started["file_id"])
