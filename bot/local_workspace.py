"""The local workspace as a process of its own: the bot speaks to it only as it speaks to Slack."""

import asyncio
import errno
import json
import logging
import socket
import sys
from pathlib import Path
from typing import Any

from foundation.errors import UserError

log = logging.getLogger(__name__)

BOT_TOKEN = "xoxb-local-pmo"  # noqa: S105 (known to everybody, good only on this machine)
APP_TOKEN = "xapp-1-local-pmo"  # noqa: S105 (the same)
HOST = "127.0.0.1"
SEED = Path(__file__).parent / "sample" / "workspace.yaml"


class LocalWorkspace:
    """Started with the bot and gone with it: it ends when its standard input is closed."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self._process = process
        self._listening = asyncio.create_task(_relay(process))
        self.url = url

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @classmethod
    async def start(cls, manifest: dict[str, Any], data: Path, port: int) -> "LocalWorkspace":
        """Start it and wait until it listens.

        Raises:
            UserError: it could not start, for example because the port is taken.
        """
        check_port(HOST, port)
        manifest_file = _written(data, manifest)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "workspace", "--exit-with-parent"),
            *("--manifest", str(manifest_file), "--seed", str(SEED), "--data", str(data), "--port", str(port)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the bot, which then ends the workspace in good order
        )
        assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
        assert process.stderr is not None  # noqa: S101 (the same)
        line = await process.stdout.readline()
        if not line:
            words = (await process.stderr.read()).decode(errors="replace").strip().splitlines()
            raise UserError(f"The local workspace could not start. {words[-1] if words else ''}".strip())
        return cls(process, json.loads(line)["ready"])

    async def stop(self) -> None:
        """Let it finish writing, then go."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._listening


async def _relay(process: asyncio.subprocess.Process) -> None:
    """Pass on to the log what it says about trouble; a pipe that nobody reads would stop it when full."""
    if process.stderr:
        async for line in process.stderr:
            log.warning("The local workspace says: %s", line.decode(errors="replace").rstrip())


def check_port(host: str, port: int) -> None:
    """Raises UserError when nobody can listen there; port 0 takes any free one."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UserError(explain_port_error(port, error)) from None


def explain_port_error(port: int, error: OSError) -> str:
    """Why nobody can listen there, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program. Stop that program, or set PMO_PORT to another port."
    return f"Port {port} cannot be used ({error.strerror}). Set PMO_PORT to another port."


def _written(data: Path, manifest: dict[str, Any]) -> Path:
    file = data / "manifest.json"
    try:
        data.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"The local workspace cannot keep its files in {data} ({error.strerror}). "
            "Free some space, give the bot the right to write there, or set PMO_DATA to another folder."
        ) from None
    return file
