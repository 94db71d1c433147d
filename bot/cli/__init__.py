"""The `pmo` command: one file for each group of subcommands."""

import os
import sys
from importlib import metadata
from typing import Annotated

import typer

from bot.cli import ask, backups, catalogue, diagnosis, digest, handbook, people, reloading, running, strategy
from foundation.errors import UserError

# Typer either bundles click or uses the one installed, so click's error is found through one that Typer exports.
CommandLineError: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException" and issubclass(kind, Exception)
)

app = typer.Typer(
    name="pmo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (running, reloading, ask, handbook, strategy, digest, catalogue, backups, people, diagnosis):
    group.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"PMO Assistant {metadata.version('pmo-assistant')}")
        raise typer.Exit


@app.callback()
def pmo(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """PMO Assistant: the project management office, in Slack."""


def main() -> None:
    """Run the command. Expected errors take one line; they exit with 2 if mistyped, 130 after Ctrl-C, otherwise 1."""
    try:
        sys.exit(app(standalone_mode=False, prog_name="pmo"))
    except CommandLineError as error:
        _fail(_explain_usage_error(error), 2)
    except UserError as error:
        _fail(error.message, 1)
    except (typer.Abort, KeyboardInterrupt):
        _fail("Stopped.", 130)
    except BrokenPipeError:
        # The reader of our output is gone; without this, Python would complain again when closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _explain_usage_error(error: Exception) -> str:
    """One line; empty when the help has already been printed."""
    text = str(error.format_message()).strip()  # type: ignore[attr-defined]
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "pmo"
    return f"{text.rstrip('.')}. To see how to use it, type {path} --help." if text else ""


def _fail(text: str, code: int) -> None:
    if text:
        print(text, file=sys.stderr)  # noqa: T201 (a command speaks to its terminal)
    sys.exit(code)
