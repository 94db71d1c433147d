"""`pmo run` and `pmo manifest`."""

import json
import logging
from typing import Annotated

import typer

from bot.logs import configure_logging
from bot.manifest import build_manifest
from bot.run import run_bot
from bot.settings import LogFormat, read_settings
from foundation.errors import UserError

log = logging.getLogger(__name__)


def register(app: typer.Typer) -> None:
    app.command()(run)
    app.command(name="manifest")(show_manifest)


def run() -> None:
    """Run the bot: in Slack if its tokens are set, otherwise with a local workspace to try it in."""
    settings = read_settings()
    configure_logging(settings.log_format)
    try:
        run_bot(settings, lambda text: typer.echo(text))
    except UserError as error:
        if settings.log_format is not LogFormat.JSON:
            raise
        log.critical(error.message)
        raise typer.Exit(1) from None


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
