"""What a driver raises, in words that a person may be told."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError as AnyDatabaseError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from foundation.errors import UserError

# SQLite speaks in sentences …
_SENTENCES = {
    "disk is full": "The disk is full: nothing was changed. Free some space, then try again.",
    "locked": "The database is busy with another program. Close that program, then try again.",
    "readonly": "The database file is read-only. Give the bot the right to write to it and its folder.",
    "unable to open": "The database file cannot be opened. Check that its folder exists and may be written to.",
    "disk I/O": "The disk does not answer as it should: nothing was changed. Check the disk, then try again.",
    "not a database": "The database file is not one of ours. Set PMO_DATA to another folder, or put a backup back.",
    "malformed": "The database file is damaged. Stop the bot and put a backup back.",
}
# … and PostgreSQL in five signs, the first two of which name the kind of trouble.
_CODES = {
    "08": "The database cannot be reached. Check its address and the network.",
    "25006": "The database is read-only (a standby?). Set DATABASE_URL to the one that may be written to.",
    "25P03": "The database waited too long for this program and gave up: nothing was changed. Please try again.",
    "28": "The database refused user or password. Check DATABASE_URL.",
    "3D": "There is no database of that name. Create it, or correct DATABASE_URL.",
    "40": "Somebody else was at the same thing. Please try again.",
    "42501": "The database's user may not do that. Give it the right to create and change tables.",
    "53100": "The database's disk is full: nothing was changed. Free some space, then try again.",
    "53": "The database is short of room or connections. Try again in a moment.",
    "55": "The database is busy with another program. Try again in a moment.",
    "57": "The database is stopping or starting. Try again in a moment.",
    "58": "The database's disk does not answer as it should: nothing was changed. Check it, then try again.",
}
_UNREACHABLE = _CODES["08"]


class DatabaseUnavailable(UserError):
    """The database cannot be used now: locked, full, read-only or not reachable. Nothing was changed."""


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn what the driver raises because of the database's state into DatabaseUnavailable; let defects pass."""
    try:
        yield
    except DBAPIError as error:
        words = _explanation(error)
        if words is None:
            raise
        raise DatabaseUnavailable(words) from error
    except (ConnectionError, TimeoutError) as error:  # pg8000 lets some of the socket's own errors through
        raise DatabaseUnavailable(_UNREACHABLE) from error


def _explanation(error: DBAPIError) -> str | None:
    answer = _answer(error.orig)
    if answer:
        code = str(answer.get("C", ""))
        return _CODES.get(code) or _CODES.get(code[:2])
    sentence = str(error.orig)
    known = next((words for mark, words in _SENTENCES.items() if mark in sentence), None)
    if isinstance(error, OperationalError):
        return known or f"The database does not answer: {sentence}"
    if isinstance(error, InterfaceError):
        return known or _UNREACHABLE
    return known if isinstance(error, AnyDatabaseError) else None


def _answer(error: BaseException | None) -> dict[str, str] | None:
    """What a PostgreSQL server said. Why it refused a connection pg8000 hides behind the closing of the socket."""
    while error is not None:
        if error.args and isinstance(error.args[0], dict):
            return error.args[0]
        error = error.__cause__ or error.__context__
    return None
