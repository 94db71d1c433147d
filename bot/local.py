"""The local workspace as a process of its own: the bot speaks to it only as it speaks to Slack."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from foundation.errors import Refused

BOT_TOKEN = "xoxb-local-pmo"  # noqa: S105 (known to everybody, good only on this machine)
APP_TOKEN = "xapp-1-local-pmo"  # noqa: S105 (the same)
SEED = Path(__file__).parent / "sample" / "workspace.yaml"


class LocalWorkspace:
    """Started with the bot and gone with it: it ends when its standard input is closed."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self._process = process
        self.url = url

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @classmethod
    async def start(cls, manifest: dict[str, Any], data: Path, port: int) -> "LocalWorkspace":
        """Start it and wait until it listens.

        Raises:
            Refused: it could not start, for example because the port is taken.
        """
        data.mkdir(parents=True, exist_ok=True)
        manifest_file = data / "manifest.json"
        manifest_file.write_text(json.dumps(manifest, indent=2))
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
            words = (await process.stderr.read()).decode(errors="replace").strip()
            raise Refused(f"The local workspace could not start. {words}")
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
