"""Runs the local workspace in a process of its own; the bot uses it exactly as it uses Slack."""

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

BOT_TOKEN = "xoxb-local-pmo"  # noqa: S105 (no secret: it works on this machine only)
APP_TOKEN = "xapp-1-local-pmo"  # noqa: S105 (the same)
HOST = "127.0.0.1"
SEED = Path(__file__).parent / "sample" / "workspace.yaml"


class LocalWorkspace:
    """Starts and ends with the bot: it exits when its standard input is closed."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self._process = process
        self._listening = asyncio.create_task(_relay(process))
        self.url = url

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @classmethod
    async def start(
        cls, manifest: dict[str, Any], data: Path, port: int, seed: dict[str, Any] | None = None
    ) -> "LocalWorkspace":
        """Start it and wait until it's ready. `seed` are its people and channels; without one, it has the sample's.

        Raises:
            UserError: it couldn't start, for example because the port is in use.
        """
        check_port(HOST, port)
        manifest_file = _write_json(data / "manifest.json", manifest)
        seed_file = _write_json(data / "seed.yaml", seed) if seed else SEED  # every JSON file is YAML, too
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "workspace", "--exit-with-parent"),
            *("--manifest", str(manifest_file), "--seed", str(seed_file), "--data", str(data), "--port", str(port)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the bot, which then ends the workspace itself
        )
        assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
        assert process.stderr is not None  # noqa: S101 (the same)
        line = await process.stdout.readline()
        if not line:
            lines = (await process.stderr.read()).decode(errors="replace").strip().splitlines()
            raise UserError(f"The local workspace couldn't start. {lines[-1] if lines else ''}".strip())
        return cls(process, json.loads(line)["ready"])

    async def stop(self) -> None:
        """Let it finish writing, then end it."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._listening


async def _relay(process: asyncio.subprocess.Process) -> None:
    """Log its error output; a pipe that nobody reads would block it when full."""
    if process.stderr:
        async for line in process.stderr:
            log.warning("Local workspace: %s", line.decode(errors="replace").rstrip())


def check_port(host: str, port: int) -> None:
    """Raises UserError when the port can't be used; 0 stands for any free one."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UserError(explain_port_error(port, error)) from None


def explain_port_error(port: int, error: OSError) -> str:
    """Why the port can't be used, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return f"Another program is using port {port}. Stop that program, or set PMO_PORT to another port."
    if error.errno == errno.EADDRNOTAVAIL:
        return "This machine doesn't have the address in PMO_HOST. Set it to one that it has, or to 0.0.0.0 for all."
    return f"Port {port} can't be used ({error.strerror}). Set PMO_PORT to another port."


def _write_json(file: Path, content: dict[str, Any]) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"The local workspace can't write to {file.parent} ({error.strerror}). "
            "Free some space, give the bot write access, or set PMO_DATA to another folder."
        ) from None
    return file
