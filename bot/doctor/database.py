"""The database and what is kept in it."""

from datetime import datetime, timedelta
from pathlib import Path

from filelock import Timeout

from bot.doctor.findings import Findings
from bot.settings import Settings
from foundation.errors import UserError
from storage.database import Database
from storage.engine.dead_letters import Backlog, measure_backlog
from storage.migrate import is_up_to_date
from storage.store import Store

ABOUT = "database"
LONG = timedelta(minutes=5)


def check_database(found: Findings, settings: Settings, now: datetime) -> bool:
    """Returns whether a bot is at work with it."""
    with found.catching_errors(ABOUT):
        database = Database(settings.database)
        try:
            if _is_missing(database):
                found.add_good(ABOUT, "There is none yet; the first “pmo run” makes it.")
                return False
            running = _is_at_work(database)
            if running:
                found.add_good("process", "A PMO Assistant is at work with this database.")
            _look_inside(found, database, running, now)
            return running
        finally:
            database.close()
    return False


def _is_missing(database: Database) -> bool:
    """Opening a SQLite file would make it."""
    file = database.url.database
    return database.is_sqlite and bool(file) and not Path(str(file)).exists()


def _is_at_work(database: Database) -> bool:
    try:
        with database.exclusive_use():
            return False
    except UserError as refused:
        return isinstance(refused.__context__, Timeout)


def _look_inside(found: Findings, database: Database, running: bool, now: datetime) -> None:
    if not is_up_to_date(database):
        words = (
            "Its tables are of another version. “pmo run” brings older ones up to date; for newer ones update the bot."
        )
        found.add_hint(ABOUT, words)
        return
    store = Store(database)
    with store.transaction(now):
        found.add_good(ABOUT, f"{_name(database)} is up to date and may be written to.")
    with store.read_only(now) as tx:
        in_force = tx.handbook.get_current()
        pages = tx.handbook.count()
        engine = measure_backlog(tx.session)
    if in_force:
        origin = "as shipped" if in_force.origin == "shipped" else f"from {in_force.origin}"
        found.add_good("handbook", f"{pages} pages in force, {origin}, since {in_force.imported_at:%-d %B %Y}.")
    else:
        found.add_good("handbook", "None yet; the first “pmo run” puts the shipped one in force.")
    _look_at_backlog(found, engine, running, now)


def _look_at_backlog(found: Findings, engine: Backlog, running: bool, now: datetime) -> None:
    if engine.dead_deliveries:
        words = "Slack refused for good. The triage channel was told of them, with the reason of each."
        found.add_hint("posts", f"{_count(engine.dead_deliveries, 'post')} that {words}")
    if engine.dead_arrivals:
        words = "could not be dealt with at any attempt. The log has the reason of each."
        found.add_hint("events", f"{_count(engine.dead_arrivals, 'event')} that {words}")
    oldest = min((moment for moment in (engine.oldest_arrival, engine.oldest_delivery) if moment), default=None)
    if running and oldest and now - oldest > LONG:
        waiting = f"{_count(engine.arrivals, 'event')} and {_count(engine.deliveries, 'post')} wait"
        found.add_hint("engine", f"{waiting}, the oldest since {oldest:%-d %B, %H:%M} UTC. Look into the log.")


def _name(database: Database) -> str:
    if database.is_sqlite:
        return str(database.url.database or "A database in memory")
    return f"PostgreSQL at {database.url.host or 'this machine'}"


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"
