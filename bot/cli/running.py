"""`pmo run` and `pmo manifest`."""

import json
import logging

import typer

from bot.manifest import manifest
from bot.run import run as run_bot
from bot.settings import read_settings


def register(app: typer.Typer) -> None:
    app.command()(run)
    app.command(name="manifest")(show_manifest)


def run() -> None:
    """Run the bot: in Slack when its tokens are set, else with a local workspace to try it in."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG
    run_bot(read_settings(), lambda words: typer.echo(words))


def show_manifest() -> None:
    """Print the app manifest to paste into Slack (api.slack.com/apps → Create New App → From a manifest)."""
    typer.echo(json.dumps(manifest(), indent=2, ensure_ascii=False))
