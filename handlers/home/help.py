"""Help: what somebody can type, what they can ask, and what the bot does for them."""

from foundation.access import Access
from foundation.people import Person
from handlers.commands import ABILITIES, COMMANDS, HELP_LINES, MOST_ABILITIES
from handlers.context import AppContext
from handlers.home.blocks.help import (
    HelpContent,
    build_abilities_message,
    build_help_blocks,
    build_help_message,
    build_welcome_message,
)
from handlers.slack.blocks.builders import Block, Message, actions, build_modal, button
from handlers.slack.calls import DeferredCall, ImmediateCall
from handlers.slack.replies import send_reply
from handlers.slack.routes import Routes
from knowledge.starters import list_starters
from servicedesk.permissions import can_request
from storage.store import Transaction


def register(routes: Routes) -> None:
    routes.handle_action("help.show", open_help, needs=Access.HANDBOOK)


def send_help(call: DeferredCall) -> None:
    """Show the help. It depends on the person, so nobody else sees it."""
    with call.transaction() as tx:
        send_reply(tx, call.place, build_help(call.ctx, call.person))


async def open_help(call: ImmediateCall) -> None:
    """Show the help in a modal: the button in the App Home."""
    view = build_modal("What I can do", build_help_blocks(collect_help(call.ctx, call.person)))
    await call.open_modal(view)


def build_help_section(tx: Transaction, ctx: AppContext, person: Person) -> list[Block]:
    """The last section of the App Home."""
    return [actions([button("What can I do here?", "help.show", "all")])]


def build_help(ctx: AppContext, person: Person) -> Message:
    """The help for one person."""
    return build_help_message(collect_help(ctx, person))


def build_abilities(ctx: AppContext, person: Person) -> Message:
    """What the bot can do for one person, in five lines, with buttons to begin."""
    lines = [line.sentence for line in ABILITIES if line.is_for(person)][:MOST_ABILITIES]
    starters = list_starters(ctx.library().handbook, person)
    return build_abilities_message(lines, starters, with_services=can_request(person))


def build_welcome(ctx: AppContext, person: Person) -> Message:
    """The first message in somebody's direct messages."""
    return build_welcome_message(collect_help(ctx, person))


def collect_help(ctx: AppContext, person: Person) -> HelpContent:
    """Everything in the help that is for this person."""
    commands = tuple(command for command in COMMANDS if command.is_for(person))
    uses = {command.name: tuple(use for use in command.uses if use.is_for(person)) for command in commands}
    sentences = tuple(line.sentence for line in HELP_LINES if line.is_for(person))
    return HelpContent(commands, uses, sentences, list_starters(ctx.library().handbook, person))
