"""`pmo run` and `pmo manifest`."""

import json
import logging
from typing import Annotated

import typer

from bot import slack_connection
from bot.manifest import build_manifest
from bot.run import run_bot
from bot.settings import read_settings
from foundation.errors import UserError


def register(app: typer.Typer) -> None:
    app.command()(run)
    app.command(name="manifest")(show_manifest)


def run() -> None:
    """Run the bot: in Slack if its tokens are set, otherwise with a local workspace to try it in."""
    configure_logging()
    run_bot(read_settings(), lambda text: typer.echo(text))


def show_manifest(
    request_url: Annotated[
        str,
        typer.Option(
            help="Receive signed HTTP requests at this address (https://…/slack/events) instead of using Socket Mode."
        ),
    ] = "",
) -> None:
    """Print the app manifest to paste into Slack (api.slack.com/apps → Create New App → From a manifest)."""
    if request_url and not request_url.startswith("https://"):
        raise UserError("Slack sends requests only to addresses that start with https://. Use one of those.")
    typer.echo(json.dumps(build_manifest(request_url), indent=2, ensure_ascii=False))


def configure_logging() -> None:
    """Log only warnings and errors, on standard error. Bolt's lower levels may contain payloads."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    slack_connection.socket_log.addFilter(_without_traceback)


def _without_traceback(record: logging.LogRecord) -> bool:
    """A lost connection that is opened again is one line, not thirty."""
    record.exc_info, record.exc_text = None, None
    return True
