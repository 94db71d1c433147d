"""The help fits into a message and into a modal."""

from handlers.commands import COMMANDS, HELP_LINES, CommandUse
from handlers.home.blocks.help import HelpContent, build_help_blocks, build_help_message, build_welcome_message
from handlers.slack.blocks.builders import build_modal
from tests.workspace.filling import read_text
from workspace.checks import check_message, check_view


def test_whole_help_fits_into_message_and_modal() -> None:
    everything = HelpContent(
        COMMANDS,
        {command.name: command.uses or (CommandUse(command.example, "x"),) for command in COMMANDS},
        tuple(concern.sentence for concern in HELP_LINES),
        ("How do I know whether my project is in trouble?",) * 4,
    )
    assert check_message(build_help_message(everything)) == []
    assert check_message(build_welcome_message(everything)) == []
    assert check_view(build_modal("What I can do", build_help_blocks(everything))) == []
    for command in COMMANDS:
        assert command.name in read_text(build_help_blocks(everything))
    assert check_message(build_help_message(HelpContent((), {}, (), ()))) == []
