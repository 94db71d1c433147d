"""Turns what a database driver raises into messages that a person can act on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.exc import DatabaseError as AnyDatabaseError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from foundation import telemetry
from foundation.errors import UserError

# SQLite describes the problem in a sentence …
_SENTENCES = {
    "disk is full": "The disk is full, and nothing was changed. Free some space, then try again.",
    "locked": "Another program is using the database. Close that program, then try again.",
    "readonly": "The database file is read-only. Give the bot write access to the file and its folder.",
    "unable to open": "The database file can't be opened. Check that its folder exists and can be written to.",
    "disk I/O": "The disk reported an error, and nothing was changed. Check the disk, then try again.",
    "not a database": "This file isn't a PMO Assistant database. Set PMO_DATA to another folder, or restore a backup.",
    "malformed": "The database file is damaged. Stop the bot and restore a backup.",
}
# … and PostgreSQL in a code of five characters, the first two of which name the kind of problem.
_CODES = {
    "08": "The database can't be reached. Check DATABASE_URL and the network.",
    "25006": "The database is read-only; it may be a standby. Set DATABASE_URL to one that can be written to.",
    "25P03": "The database waited too long for the bot and gave up; nothing was changed. Please try again.",
    "28": "The database rejected the user name or password. Check DATABASE_URL.",
    "3D": "There's no database with that name. Create it, or correct DATABASE_URL.",
    "40": "Someone else was changing the same thing. Please try again.",
    "42501": "The database user lacks a permission. Allow it to create and change tables.",
    "53100": "The database's disk is full, and nothing was changed. Free some space, then try again.",
    "53": "The database is short of memory or connections. Try again in a moment.",
    "55": "Another program is using the database. Try again in a moment.",
    "57": "The database is stopping or starting. Try again in a moment.",
    "58": "The database's disk reported an error, and nothing was changed. Check the disk, then try again.",
}
_UNREACHABLE = _CODES["08"]

T = TypeVar("T")


class DatabaseUnavailable(UserError):
    """The database can't be used now: locked, full, read-only or unreachable. Nothing was changed."""


class ConnectionLost(DatabaseUnavailable):
    """The connection ended while it was in use. Another one may work."""


def retry_once(work: Callable[[], T]) -> T:
    """The result of `work`, which is done again on a new connection if its own is lost. It must be safe to repeat.

    Raises:
        ConnectionLost: the second connection was lost as well, or none could be opened.
    """
    try:
        return work()
    except ConnectionLost:
        telemetry.count_database_retry()
        return work()


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn errors that come from the database's state into DatabaseUnavailable; let defects pass."""
    try:
        yield
    except DBAPIError as error:
        explanation = _explain_error(error)
        if explanation is None:
            raise
        telemetry.count_database_failure(is_connection_lost=error.connection_invalidated)
        kind = ConnectionLost if error.connection_invalidated else DatabaseUnavailable
        raise kind(explanation) from error
    except (ConnectionError, TimeoutError) as error:  # pg8000 passes on some of the socket's own errors
        telemetry.count_database_failure(is_connection_lost=True)
        raise ConnectionLost(_UNREACHABLE) from error


def _explain_error(error: DBAPIError) -> str | None:
    answer = _find_answer(error.orig)
    if answer:
        code = str(answer.get("C", ""))
        return _CODES.get(code) or _CODES.get(code[:2])
    sentence = str(error.orig)
    known = next((text for mark, text in _SENTENCES.items() if mark in sentence), None)
    if isinstance(error, OperationalError):
        return known or f"The database isn't responding: {sentence}. Check it, then try again."
    if isinstance(error, InterfaceError):
        return known or _UNREACHABLE
    return known if isinstance(error, AnyDatabaseError) else None


def _find_answer(error: BaseException | None) -> dict[str, str] | None:
    """What a PostgreSQL server answered; pg8000 hides the reason for a refused connection in an error's context."""
    while error is not None:
        if error.args and isinstance(error.args[0], dict):
            return error.args[0]
        error = error.__cause__ or error.__context__
    return None
