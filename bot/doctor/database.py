"""Checks the database and what is stored in it."""

from datetime import datetime, timedelta
from pathlib import Path

from bot.doctor.findings import Findings
from bot.group_members import add_stored_members
from bot.organisation import Organisation
from bot.settings import Settings
from handlers.administration.user_groups import LAST_LEAD, describe_group_problem
from servicedesk.permissions import find_pmo_leads
from storage.database import Database
from storage.engine.dead_letters import Backlog, measure_backlog
from storage.migrate import is_up_to_date
from storage.store import Store
from strategy.named_people import list_named_people

ABOUT = "database"
MOST_COMPARED = 50  # versions of the strategy
LONG_WAIT = timedelta(minutes=5)


def check_database(
    found: Findings, settings: Settings, now: datetime, organisation: Organisation | None = None
) -> bool:
    """Returns whether a bot is running on it. With an organisation, what is stored is held against it."""
    with found.catching_errors(ABOUT):
        database = Database(settings.database)
        try:
            if _is_missing(database):
                found.add_good(ABOUT, "There isn't one yet; the first “pmo run” creates it.")
                return False
            is_running = database.is_in_use()
            if is_running:
                found.add_good("process", "A PMO Assistant is running on this database.")
            _check_content(found, database, is_running, now)
            if organisation and is_up_to_date(database):
                store = Store(database, organisation.zone)
                _check_groups(found, store, organisation, now)
                _check_strategy(found, store, add_stored_members(organisation, store, now), now)
            return is_running
        finally:
            database.close()
    return False


def _is_missing(database: Database) -> bool:
    """Opening an SQLite file would create it."""
    file = database.url.database
    return database.is_sqlite and bool(file) and not Path(str(file)).exists()


def _check_content(found: Findings, database: Database, is_running: bool, now: datetime) -> None:
    if not is_up_to_date(database):
        text = "Its tables are from another version. “pmo run” updates older ones; for newer ones, update the bot."
        found.add_hint(ABOUT, text)
        return
    store = Store(database)
    with store.transaction(now):
        found.add_good(ABOUT, f"{_name_database(database)} is up to date and can be written to.")
    with store.read_only(now) as tx:
        current = tx.handbook.get_current()
        pages = tx.handbook.count()
        backlog = measure_backlog(tx.session)
    if current:
        origin = "shipped with the bot" if current.origin == "shipped" else f"imported from {current.origin}"
        found.add_good("handbook", f"{pages} pages, {origin}, in use since {current.imported_at:%-d %B %Y}.")
    else:
        found.add_good("handbook", "There isn't one yet; the first “pmo run” imports the one shipped with the bot.")
    _check_backlog(found, backlog, is_running, now)


def _check_groups(found: Findings, store: Store, organisation: Organisation, now: datetime) -> None:
    """What Slack itself says of them is checked with the rest of Slack."""
    if organisation.groups:
        merged = add_stored_members(organisation, store, now)
        members = sum(person.is_by_group for person in merged.people)
        found.add_good("user groups", f"{_count(members, 'person has', 'people have')} their roles by a user group.")
        with store.read_only(now) as tx:
            problems = tx.user_groups.read_problems([group.id for group in organisation.groups])
        for group in (group for group, problem in problems.items() if problem == LAST_LEAD):
            found.add_hint("user groups", describe_group_problem(group, LAST_LEAD))
        check_leads(found, merged)


def check_leads(found: Findings, organisation: Organisation) -> None:
    """Whether somebody leads the PMO."""
    if not find_pmo_leads(organisation.people):
        text = "Nobody has the role pmo_lead, so nobody can approve requests or get alerts. Give someone the role."
        found.add_hint("organisation", text)


def _check_strategy(found: Findings, store: Store, organisation: Organisation, now: datetime) -> None:
    with store.read_only(now) as tx:
        strategy, version = tx.strategy.get_current(), tx.strategy.get_current_version()
        others = [one for one in tx.strategy.list_versions(MOST_COMPARED) if version and one.label == version.label]
    if strategy is None or version is None:
        return
    if unknown := sorted(list_named_people(strategy) - {person.id for person in organisation.people}):
        text = f"Version {version.label} names people whom the organisation file doesn't list: {', '.join(unknown)}."
        found.add_hint("strategy", f"{text} Add them there, or import a corrected strategy.")
    if len({one.text_hash for one in others}) > 1:
        text = f"Version {version.label} was imported with different content. Give each change a version of its own."
        found.add_hint("strategy", text)


def _check_backlog(found: Findings, backlog: Backlog, is_running: bool, now: datetime) -> None:
    if backlog.dead_deliveries:
        messages = _count(backlog.dead_deliveries, "message")
        text = f"Slack permanently rejected {messages}. The triage channel and the log have the reason for each."
        found.add_hint("messages", text)
    if backlog.dead_arrivals:
        events = _count(backlog.dead_arrivals, "event")
        found.add_hint("events", f"Every attempt to handle {events} failed. The log has the reason for each.")
    oldest = min((time for time in (backlog.oldest_arrival, backlog.oldest_delivery) if time), default=None)
    if is_running and oldest and now - oldest > LONG_WAIT:
        waiting = f"{_count(backlog.arrivals, 'event')} and {_count(backlog.deliveries, 'message')} are waiting"
        found.add_hint("engine", f"{waiting}, the oldest since {oldest:%-d %B, %H:%M} UTC. Check the log.")


def _name_database(database: Database) -> str:
    if database.is_sqlite:
        return str(database.url.database or "A database in memory")
    return f"PostgreSQL at {database.url.host or 'this machine'}"


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {plural or noun + 's'}"
