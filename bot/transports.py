"""How events reach the bot: over Socket Mode or as signed HTTP requests."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import slack_connection
from bot.engine.availability import SlackAvailability
from bot.http_endpoint import serve_requests
from bot.local_seed import build_local_seed
from bot.local_workspace import APP_TOKEN, BOT_TOKEN, LocalWorkspace, explain_port_error
from bot.manifest import build_manifest
from bot.organisation import SAMPLE, Organisation
from bot.progress import show_progress
from bot.settings import ALL_INTERFACES, Settings
from bot.stopping import wait_unless_stopped
from foundation.errors import UserError


@dataclass(frozen=True, slots=True)
class SlackEndpoint:
    """Which Slack to use. Without `app_token`, it sends requests to `host` and `port`.

    `page` is that of the local workspace.
    """

    api_url: str
    bot_token: str
    app_token: str | None
    signing_secret: str | None
    port: int
    page: str | None = None
    host: str = ALL_INTERFACES


@contextlib.asynccontextmanager
async def open_endpoint(settings: Settings, organisation: Organisation) -> AsyncIterator[SlackEndpoint]:
    """The Slack that the settings name; without tokens, a local workspace that runs as long as this context."""
    if not settings.is_local:
        yield read_endpoint(settings)
        return
    with show_progress("Starting the local workspace"):
        workspace = await _start_workspace(settings, organisation)
    try:
        yield SlackEndpoint(workspace.api_url, BOT_TOKEN, APP_TOKEN, None, settings.port, workspace.url)
    finally:
        await workspace.stop()


async def _start_workspace(settings: Settings, organisation: Organisation) -> LocalWorkspace:
    """The sample's workspace, or that of one's own organisation, which is kept in a folder of its own."""
    if organisation.path == SAMPLE:
        return await LocalWorkspace.start(build_manifest(), settings.data / "workspace", settings.port)
    folder, seed = settings.data / "own-workspace", build_local_seed(organisation)
    return await LocalWorkspace.start(build_manifest(), folder, settings.port, seed)


def read_endpoint(settings: Settings) -> SlackEndpoint:
    """The Slack that the tokens belong to.

    Raises:
        UserError: one of the settings that belong together is missing.
    """
    if settings.bot_token is None:
        raise UserError("SLACK_BOT_TOKEN isn't set, but other Slack settings are. Copy it from OAuth & Permissions.")
    app_token = settings.app_token.get_secret_value() if settings.app_token else None
    secret = settings.signing_secret.get_secret_value() if settings.signing_secret else None
    if not app_token and not secret:
        raise UserError(
            "SLACK_BOT_TOKEN is set but SLACK_APP_TOKEN isn't. Create one under Basic Information with the scope "
            "connections:write, or set SLACK_SIGNING_SECRET to receive events over HTTP."
        )
    return SlackEndpoint(
        settings.slack_api_url,
        settings.bot_token.get_secret_value(),
        app_token,
        secret,
        settings.port,
        host=settings.host,
    )


@contextlib.asynccontextmanager
async def open_transport(
    endpoint: SlackEndpoint,
    bolt: AsyncApp,
    web: AsyncWebClient,
    availability: SlackAvailability,
    stopping: asyncio.Event,
) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Receive events as long as this context lasts. Yields what says whether they can come now.

    Raises:
        UserError: the transport can't be opened; the message says what to do.
        bot.stopping.Stopped: somebody asked to stop meanwhile.
    """
    if endpoint.app_token:
        socket = slack_connection.build_socket_handler(bolt, endpoint.app_token, web, availability)
        with availability.quieting(slack_connection.socket_log):
            try:
                await wait_unless_stopped(stopping, socket.connect_async())  # type: ignore[no-untyped-call]
                yield socket.client.is_connected
            finally:
                await socket.close_async()  # type: ignore[no-untyped-call]
        return
    assert endpoint.signing_secret is not None  # noqa: S101 (`read_endpoint` wants one of the two)
    async with contextlib.AsyncExitStack() as stack:
        serving = serve_requests(bolt, endpoint.signing_secret, endpoint.host, endpoint.port)
        try:
            await stack.enter_async_context(serving)
        except OSError as error:
            raise UserError(explain_port_error(endpoint.port, error)) from None
        yield _is_listening


async def _is_listening() -> bool:
    """Over HTTP, Slack connects to the bot."""
    return True
