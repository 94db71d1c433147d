"""The shipped handbook, indexed once for all tests and test runs: encoding and indexing take half a minute."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

MONDAY = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def model_folder(pytestconfig: pytest.Config) -> Path:
    """Where the search model and the index stay between test runs. Code that makes others gives them other names."""
    return Path(pytestconfig.cache.mkdir("model"))


@pytest.fixture(scope="session")
def handbook_data(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config, model_folder: Path) -> Path:
    """A data folder with an indexed handbook, to be copied with `copy_data`."""
    # Most tests need none of this, and it takes a second to import.
    from bot.handbook_provider import open_handbook
    from bot.organisation import SAMPLE, read_organisation
    from storage.database import Database
    from storage.migrate import migrate_database
    from storage.store import Store
    from tests.storage.vectors import cache_vectors

    data = tmp_path_factory.mktemp("read")
    database = Database(f"sqlite:///{data / 'pmo.db'}")
    migrate_database(database)
    with cache_vectors(database, pytestconfig.cache.mkdir("vectors")):
        open_handbook(Store(database), read_organisation(SAMPLE), model_folder, MONDAY)
    database.close()
    shutil.copytree(model_folder, data / "model", ignore=shutil.ignore_patterns("*.lock"))
    return data


def copy_data(data: Path, target: Path) -> Path:
    """A copy of a data folder or its model folder. Files that are never written again are linked: they are 30 MB."""
    return Path(shutil.copytree(data, target, copy_function=_copy_file))


def _copy_file(source: str, target: str) -> str:
    if Path(source).suffix in (".onnx", ".npy"):
        os.link(source, target)
        return target
    return shutil.copy2(source, target)
