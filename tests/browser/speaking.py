"""What the app says to the workspace, for the page to show."""

from tests.browser.kitchen_sink import Json
from tests.workspace.running import RunningWorkspace


async def say(workspace: RunningWorkspace, blocks: list[Json], channel: str = "C02PROJECTS", **more: object) -> str:
    """Post blocks as the app; returns the message's ts."""
    return await tell(workspace, "From the app", channel, blocks=blocks, **more)


async def tell(workspace: RunningWorkspace, text: str, channel: str = "C02PROJECTS", **more: object) -> str:
    answer = await workspace.api("chat.postMessage", channel=channel, text=text, **more)
    assert answer["ok"], answer
    return str(answer["ts"])


async def show(workspace: RunningWorkspace, view: Json, user: str = "U02BEN") -> Json:
    """Open a modal on this person's page."""
    trigger = workspace.server.hub.triggers.give(user)
    answer = await workspace.api("views.open", trigger_id=trigger, view=view)
    assert answer["ok"], answer
    return dict(answer["view"])
