"""The `pmo` command: one file for each group of subcommands."""

import os
import sys
from importlib import metadata
from typing import Annotated

import typer

from bot.cli import ask, catalogue, diagnosis, digest, handbook, running, strategy
from foundation.errors import UserError

# Typer brings its own click along or uses the one installed: its errors are reached through one that Typer exports.
CommandLineError: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException" and issubclass(kind, Exception)
)

app = typer.Typer(
    name="pmo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (running, ask, handbook, strategy, digest, catalogue, diagnosis):
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
    """Run the command. What can be expected to go wrong is told in words: exit code 2 when it is the command that was
    mistyped, 1 for all else; 130 after Ctrl-C."""
    try:
        sys.exit(app(standalone_mode=False, prog_name="pmo"))
    except CommandLineError as error:
        _fail(_mistyped(error), 2)
    except UserError as refused:
        _fail(refused.message, 1)
    except (typer.Abort, KeyboardInterrupt):
        _fail("Stopped.", 130)
    except BrokenPipeError:
        # Whoever read our output has gone; without this, Python complains once more when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _mistyped(error: Exception) -> str:
    """One line; nothing when the help has been printed already."""
    words = str(error.format_message()).strip()  # type: ignore[attr-defined]
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "pmo"
    return f"{words.rstrip('.')}. Type {path} --help to see how it is used." if words else ""


def _fail(words: str, code: int) -> None:
    if words:
        print(words, file=sys.stderr)  # noqa: T201 (a command speaks to its terminal)
    sys.exit(code)
