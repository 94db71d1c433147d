"""Help: what one can type, what one can ask, and what concerns this person."""

from collections.abc import Iterator

from foundation.people import Person, Role
from handlers.commands import COMMANDS, HELP_LINES, STARTERS
from handlers.context import AppContext
from handlers.home.blocks.help import HelpContent, build_help_blocks, build_help_message, build_welcome_message
from handlers.slack.blocks.builders import Block, Message, actions, build_modal, button
from handlers.slack.calls import DeferredCall, ImmediateCall
from handlers.slack.replies import send_reply
from handlers.slack.routes import Routes
from knowledge.library import Library
from storage.store import Transaction

MOST_STARTERS = 4
LONGEST_STARTER = 75  # the label of a button


def register(routes: Routes) -> None:
    routes.handle_action("help.show", open_help)


def send_help(call: DeferredCall) -> None:
    """Somebody asked for help, or said nothing else. It is about them, so nobody else sees it."""
    with call.transaction() as tx:
        send_reply(tx, call.place, build_help(call.ctx, call.place.user))


async def open_help(call: ImmediateCall) -> None:
    """The button in the App Home."""
    view = build_modal("What I can do", build_help_blocks(collect_help(call.ctx, call.place.user)))
    await call.open_modal(view)


def build_help_section(tx: Transaction, ctx: AppContext, person: Person) -> list[Block]:
    """The last part of the App Home."""
    return [actions([button("What can I do here?", "help.show", "all")])]


def build_help(ctx: AppContext, user: str) -> Message:
    """The help for one person."""
    return build_help_message(collect_help(ctx, user))


def build_welcome(ctx: AppContext, user: str) -> Message:
    """The first words in somebody's direct messages."""
    return build_welcome_message(collect_help(ctx, user))


def collect_help(ctx: AppContext, user: str) -> HelpContent:
    """What of all there is concerns this person."""
    person = ctx.people.get(user)
    commands = tuple(command for command in COMMANDS if _concerns(command.roles, person))
    uses = {command.name: tuple(use for use in command.uses if _concerns(use.roles, person)) for command in commands}
    sentences = tuple(concern.sentence for concern in HELP_LINES if _concerns(concern.roles, person))
    return HelpContent(commands, uses, sentences, tuple(list_starters(ctx.library(), person))[:MOST_STARTERS])


def list_starters(library: Library, person: Person) -> Iterator[str]:
    """Questions that the handbook in force answers: those for the person's role, else some from all over it."""
    role = next((role for role in STARTERS if person.has_role(role)), Role.MEMBER)
    ours = [library.handbook.get(page_id) for page_id in STARTERS[role]]
    every = list(library.handbook)
    pages = [page for page in ours if page] or every[:: max(1, len(every) // MOST_STARTERS)]
    for page in pages:
        yield from [question for question in page.questions if len(question) <= LONGEST_STARTER][:1]


def _concerns(roles: tuple[Role, ...], person: Person) -> bool:
    return not roles or person.has_role(*roles)
