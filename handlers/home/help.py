"""Help: what one can type, what one can ask, and what concerns this person."""

from collections.abc import Iterator

from foundation.people import Person, Role
from handlers.commands import COMMANDS, CONCERNS, STARTERS
from handlers.context import House
from handlers.home.blocks.help import Help, help_blocks, help_message, welcome_message
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, Message, actions, button, modal
from handlers.slack.payloads import Place
from handlers.slack.replies import reply
from handlers.slack.routes import Routes, Visit
from knowledge.library import Library
from storage.engine.inbox import Arrival
from storage.store import Transaction

MOST_STARTERS = 4
LONGEST_STARTER = 75  # the label of a button


def register(routes: Routes) -> None:
    routes.action_now("help.show", shown)


def told(arrival: Arrival, house: House, place: Place) -> None:
    """Somebody asked for help, or said nothing else. It is about them, so nobody else sees it."""
    with house.store.finishing(arrival, house.now()) as tx:
        reply(tx, place, help_message(help_for(house, place.user)))


async def shown(visit: Visit) -> None:
    """The button in the App Home."""
    view = modal("What I can do", help_blocks(help_for(visit.house, payloads.place(visit.body).user)))
    await visit.open(view)


def home_section(tx: Transaction, house: House, person: Person) -> list[Block]:
    """The last part of the App Home."""
    return [actions([button("What can I do here?", "help.show", "all")])]


def welcome(house: House, user: str) -> Message:
    """The first words in somebody's direct messages."""
    return welcome_message(help_for(house, user))


def help_for(house: House, user: str) -> Help:
    """What of all there is concerns this person."""
    person = house.people.get(user)
    commands = tuple(command for command in COMMANDS if _concerns(command.roles, person))
    uses = {command.name: tuple(use for use in command.uses if _concerns(use.roles, person)) for command in commands}
    sentences = tuple(concern.sentence for concern in CONCERNS if _concerns(concern.roles, person))
    return Help(commands, uses, sentences, tuple(starters(house.library(), person))[:MOST_STARTERS])


def starters(library: Library, person: Person) -> Iterator[str]:
    """Questions that the handbook in force answers: those for the person's role, else some from all over it."""
    role = next((role for role in STARTERS if person.holds(role)), Role.MEMBER)
    ours = [library.handbook.get(page_id) for page_id in STARTERS[role]]
    every = list(library.handbook)
    pages = [page for page in ours if page] or every[:: max(1, len(every) // MOST_STARTERS)]
    for page in pages:
        yield from [question for question in page.questions if len(question) <= LONGEST_STARTER][:1]


def _concerns(roles: tuple[Role, ...], person: Person) -> bool:
    return not roles or person.holds(*roles)
