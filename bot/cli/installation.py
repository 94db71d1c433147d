"""What most commands need: settings, organisation, database and, if they ask for it, the handbook."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from bot.composition import utc_now
from bot.group_members import add_stored_members
from bot.handbook_provider import HandbookProvider, open_handbook
from bot.organisation import SAMPLE, Organisation, read_organisation
from bot.progress import show_progress
from bot.run import prepare_data_folder
from bot.settings import Settings, read_settings
from storage.database import Database
from storage.migrate import migrate_database
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Installation:
    """An organisation and its database, brought up to date."""

    settings: Settings
    organisation: Organisation
    store: Store

    def open_handbook(self) -> HandbookProvider:
        """The handbook, ready to answer from; the first time this takes a while and shows its progress."""
        return open_handbook(self.store, self.organisation, self.settings.data / "model", utc_now())


@contextmanager
def open_installation() -> Iterator[Installation]:
    """Open what the environment variables name; it's closed when the context ends."""
    settings = read_settings()
    with show_progress("Reading the organisation file"):
        organisation = read_organisation(settings.organisation or SAMPLE)
    prepare_data_folder(settings.data)
    database = Database(settings.database)
    try:
        with show_progress("Opening the database"):
            migrate_database(database)
        store = Store(database, organisation.zone)
        yield Installation(settings, add_stored_members(organisation, store, utc_now()), store)
    finally:
        database.close()


def print_result(text: str) -> None:
    """Print what a command has to say on standard output."""
    typer.echo(text)
