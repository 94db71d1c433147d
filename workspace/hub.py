"""The running workspace: its records, its transport to the app, the open pages and all short-lived state."""

from dataclasses import dataclass, field

from workspace.app_config import Manifest
from workspace.clock import MessageClock
from workspace.deliveries import AppTransport, DeliveryLog
from workspace.faults import Faults
from workspace.interactivity import ResponseUrls, Triggers
from workspace.options import Options
from workspace.page_sockets import PageSockets
from workspace.seed import Tokens
from workspace.socket_mode import SocketMode
from workspace.state import WorkspaceState
from workspace.streams import Streams
from workspace.uploads import Uploads
from workspace.view_stack import ViewStacks


@dataclass(slots=True)
class Hub:
    manifest: Manifest
    options: Options
    clock: MessageClock
    state: WorkspaceState
    tokens: Tokens
    log: DeliveryLog
    sockets: SocketMode
    transport: AppTransport
    triggers: Triggers
    response_urls: ResponseUrls
    view_stacks: ViewStacks
    streams: Streams
    uploads: Uploads = field(default_factory=Uploads)
    faults: Faults = field(default_factory=Faults)
    pages: PageSockets = field(default_factory=PageSockets)
    base_url: str = ""
    token_error: str = ""
    """Why the app's tokens no longer work, as Slack's error code; empty while they do."""
