"""The help as a message and as a modal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.commands import Command, CommandUse
from handlers.questions.blocks.answer_buttons import build_suggestion_buttons
from handlers.questions.wording.catalogue import localize_text
from handlers.slack.blocks.builders import Block, Message, actions, build_message, button, context, header, section
from handlers.slack.blocks.rich_text import bullet_list, rich_line, rich_text, text_run

ASK = "Ask me how projects are run here: mention me in a channel, send me a message, or type `/pmo` and your question."
MOST_STARTERS = 3
SOURCE = "I answer with sentences from the handbook and name the section. If the handbook doesn't say, I don't guess."


@dataclass(frozen=True, slots=True)
class HelpContent:
    """What the help shows one person: commands with their uses, sentences, and questions to start with."""

    commands: tuple[Command, ...]
    uses: Mapping[str, tuple[CommandUse, ...]]
    sentences: tuple[str, ...]
    starters: tuple[str, ...]


def build_help_message(about: HelpContent) -> Message:
    """The whole help, with questions to try."""
    lines = [f"{use.typed}: {use.description}" for command in about.commands for use in _list_uses(about, command)]
    text = "\n".join([ASK, SOURCE, *lines, *about.sentences])
    blocks = build_help_blocks(about)
    return build_message(text, [*blocks[:1], *_build_starters(about), *blocks[1:]])


def build_help_blocks(about: HelpContent) -> list[Block]:
    """The same for a modal, where nobody can ask a question."""
    blocks = [section(f"{ASK}\n{SOURCE}"), header("What you can type")]
    for command in about.commands:
        items = [[text_run(use.typed, "code"), text_run(f"  {use.description}")] for use in _list_uses(about, command)]
        blocks.append(rich_text(rich_line(text_run(command.description, "bold")), bullet_list(items)))
    if about.sentences:
        blocks += [header("Good to know"), rich_text(bullet_list([text_run(sentence)] for sentence in about.sentences))]
    return blocks


def build_abilities_message(lines: Sequence[str], starters: tuple[str, ...], *, with_services: bool) -> Message:
    """What the bot can do, a line each, with questions to try and buttons for the rest."""
    asking = build_suggestion_buttons(starters[:MOST_STARTERS])
    requesting = button(localize_text("Request a service"), "request.begin", "ability")
    doing = [*([requesting] if with_services else []), button(localize_text("All I can do"), "help.show", "ability")]
    text = "\n".join(f"• {localize_text(line)}" for line in lines)
    return build_message(text, [section(text), *([actions(asking)] if asking else []), actions(doing)])


def build_welcome_message(about: HelpContent) -> Message:
    """The first message that the bot sends somebody."""
    text = f"Hello, I'm your project management office. {ASK} {SOURCE}"
    blocks = [section(f"*Hello, I'm your project management office.*\n{ASK}\n{SOURCE}"), *_build_starters(about)]
    return build_message(text, [*blocks, context("Type `help` or `/pmo help` to see everything I can do.")])


def _list_uses(about: HelpContent, command: Command) -> tuple[CommandUse, ...]:
    return about.uses.get(command.name) or (
        CommandUse(command.example, command.description[:1].lower() + command.description[1:]),
    )


def _build_starters(about: HelpContent) -> list[Block]:
    if not about.starters:
        return []
    return [section("*For example:*"), actions(build_suggestion_buttons(about.starters))]
