"""What can be typed and clicked, in Slack's words, and what the bot listens to. Manifest and help are made from it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command. `example` stands in the help."""

    name: str
    description: str
    usage_hint: str
    example: str


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A global shortcut of the lightning menu."""

    callback_id: str
    name: str
    description: str


COMMANDS = (
    Command(
        "/pmo",
        "Ask the handbook how to run projects",
        "[question] or help",
        "/pmo how do I know whether my project is in trouble?",
    ),
)

SHORTCUTS: tuple[Shortcut, ...] = ()

# Bolt calls every message event “message”; Slack's name says in which kind of conversation.
EVENTS = {"app_mention": "app_mention", "message": "message.im"}
