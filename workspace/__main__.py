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
    parser = argparse.ArgumentParser(prog="python -m workspace", description=__doc__)
    parser.add_argument("--manifest", type=Path, required=True, metavar="FILE.json", help="the app's manifest")
    parser.add_argument(
        "--seed", type=Path, required=True, metavar="FILE.yaml", help="the people and channels to begin with"
    )
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="where to keep the state (default: keep nothing)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0 takes any free one")
    parser.add_argument("--strict-rates", action="store_true", help="refuse calls beyond Slack's rate limits")
    parser.add_argument("--messages-per-minute", type=int, default=300, help="chat.postMessage in the whole workspace")
    parser.add_argument("--latency", type=int, default=0, metavar="MS", help="added to every answer of the Web API")
    parser.add_argument(
        "--request-url", default="", metavar="URL", help="send signed HTTP requests there, not envelopes"
    )
    parser.add_argument(
        "--retry-seconds",
        type=_parse_seconds,
        default=Options().retry_seconds,
        metavar="S,S,S",
        help="waits before retries (0,60,300)",
    )
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when standard input ends")
    parser.add_argument("--bot-token")
    parser.add_argument("--app-token")
    parser.add_argument("--signing-secret")
    return parser.parse_args(given)


def _parse_seconds(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(",") if part)


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
    """Set `stop` when standard input ends, as it does when the process that started this one is gone."""
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
