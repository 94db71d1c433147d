"""The `pmo` command: one file for each group of subcommands."""

import sys

import typer

from bot.cli import ask, catalogue, handbook, running, strategy
from foundation.errors import Refused

app = typer.Typer(
    name="pmo",
    help="PMO Assistant: the project management office, in Slack.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (running, ask, handbook, strategy, catalogue):
    group.register(app)


def main() -> None:
    """Run the command; what can be expected to go wrong is one clear line and exit code 1."""
    try:
        app()
    except Refused as refused:
        print(refused.message, file=sys.stderr)  # noqa: T201 (a command speaks to its terminal)
        sys.exit(1)
