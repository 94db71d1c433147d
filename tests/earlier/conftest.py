"""This version taking over from an earlier one, on both databases."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

import bot.run
from storage.database import Database
from storage.engine import claiming
from storage.engine.rate_limits import PostingLimits
from tests.earlier.upgrading import EarlierOffice, earlier_office
from tests.handbook_data import copy_data


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database') / 'pmo.db'}"
    address = str(request.getfixturevalue("new_postgresql")())
    database = Database(address)
    with database.transaction() as session:
        session.execute(text("DROP SCHEMA public CASCADE"))
        session.execute(text("CREATE SCHEMA public"))
    database.close()
    return address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(
    empty: str, tmp_path_factory: pytest.TempPathFactory, handbook_data: Path
) -> AsyncIterator[EarlierOffice]:
    """The bot running on the earlier version's data, once everything that waited is done, without rate limits."""
    data = tmp_path_factory.mktemp("data")
    copy_data(handbook_data / "model", data / "model")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bot.run, PostingLimits.__name__, partial(PostingLimits, burst=1000))
        patch.setattr(claiming, "RECHECK_AFTER", timedelta(seconds=0.3))
        async with earlier_office(data, empty) as earlier, earlier.bot():
            with contextlib.suppress(AssertionError):  # each test reports what is missing
                await earlier.finish_work()
            yield earlier
