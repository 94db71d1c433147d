"""What most commands begin with: settings, organisation, database, and, where it is needed, the library."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from bot.composition import utc_now
from bot.handbook_provider import HandbookProvider, open_handbook
from bot.organisation import SAMPLE, Organisation, read_organisation
from bot.progress import progress_bar
from bot.run import prepare_data_folder
from bot.settings import Settings, read_settings
from storage.database import Database
from storage.migrate import migrate_database
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Installation:
    """An organisation with its database, up to date."""

    settings: Settings
    organisation: Organisation
    store: Store

    def open_handbook(self) -> HandbookProvider:
        """The library, with a progress bar on the terminal when there is much to encode."""
        with progress_bar("Reading the handbook") as progress:
            cache = self.settings.data / "model"
            return open_handbook(self.store, self.organisation, cache, utc_now(), progress)


@contextmanager
def open_installation() -> Iterator[Installation]:
    """Open what the environment names, and close it again."""
    settings = read_settings()
    organisation = read_organisation(settings.organisation or SAMPLE)
    prepare_data_folder(settings.data)
    database = Database(settings.database)
    try:
        migrate_database(database)
        yield Installation(settings, organisation, Store(database))
    finally:
        database.close()


def print_result(words: str) -> None:
    """Say that it worked."""
    typer.echo(words)
