"""`python -m workspace`: run the local workspace."""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from workspace.app_config import read_manifest
from workspace.errors import ConfigError
from workspace.options import Options
from workspace.seed import Tokens, read_seed
from workspace.server import Server

CANNOT_START = 2


def parse_arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m workspace", description="Run a local workspace that your Slack app can connect to."
    )
    parser.add_argument("--manifest", type=Path, required=True, metavar="FILE.json", help="the app's manifest")
    parser.add_argument(
        "--seed", type=Path, required=True, metavar="FILE.yaml", help="the people and channels of a new workspace"
    )
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="folder to save the workspace in (default: it isn't saved)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8080, help="port to listen on, 0 for any free one (default: %(default)s)"
    )
    parser.add_argument("--strict-rates", action="store_true", help="enforce Slack's rate limits")
    parser.add_argument(
        "--messages-per-minute",
        type=int,
        default=300,
        metavar="N",
        help="limit of chat.postMessage for the whole workspace (default: %(default)s)",
    )
    parser.add_argument(
        "--latency", type=int, default=0, metavar="MS", help="delay every Web API response by this long"
    )
    parser.add_argument(
        "--request-url",
        default="",
        metavar="URL",
        help="send signed HTTP requests to this URL instead of using Socket Mode",
    )
    parser.add_argument(
        "--retry-seconds",
        type=_parse_seconds,
        default=Options().retry_seconds,
        metavar="S,S,S",
        help="seconds to wait before each retry of an event (default: 0,60,300)",
    )
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when standard input closes")
    parser.add_argument("--bot-token", help="use instead of the seed's bot token")
    parser.add_argument("--app-token", help="use instead of the seed's app-level token")
    parser.add_argument("--signing-secret", help="use instead of the seed's signing secret")
    return parser.parse_args(given)


def _parse_seconds(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",") if part)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} isn't a list of seconds such as 0,60,300") from None


def build_server(args: argparse.Namespace) -> Server:
    seed = read_seed(args.seed)
    tokens = Tokens(
        bot=args.bot_token or seed.tokens.bot,
        app=args.app_token or seed.tokens.app,
        signing_secret=args.signing_secret or seed.tokens.signing_secret,
    )
    options = Options(
        host=args.host,
        port=args.port,
        data=args.data,
        strict_rates=args.strict_rates,
        messages_per_minute=args.messages_per_minute,
        latency_ms=args.latency,
        request_url=args.request_url,
        retry_seconds=args.retry_seconds,
    )
    return Server(read_manifest(args.manifest), seed, options, tokens)


async def run_server(server: Server, *, exit_with_parent: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    await server.start()
    sys.stdout.write(json.dumps({"ready": server.url}) + "\n")
    sys.stdout.flush()
    if exit_with_parent:
        await _watch_parent(stop)
    await stop.wait()
    await server.close()


async def _watch_parent(stop: asyncio.Event) -> None:
    """Set `stop` when standard input closes, which happens when the process that started this one exits."""
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: _UntilEnd(stop), sys.stdin)


class _UntilEnd(asyncio.Protocol):
    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop

    def connection_lost(self, problem: Exception | None) -> None:
        self._stop.set()


def run_workspace(given: Sequence[str] | None = None) -> int:
    args = parse_arguments(given)
    try:
        asyncio.run(run_server(build_server(args), exit_with_parent=args.exit_with_parent))
    except ConfigError as problem:
        sys.stderr.write(f"{problem}\n")
        return CANNOT_START
    return 0


if __name__ == "__main__":
    sys.exit(run_workspace())
