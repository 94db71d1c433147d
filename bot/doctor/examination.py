"""Runs the checks from the settings outwards: files, database, handbook, models, then Slack or the local workspace."""

from collections import Counter
from datetime import datetime

from bot.doctor.database import check_database, check_leads
from bot.doctor.findings import Finding, Findings
from bot.doctor.language_model import check_language_model
from bot.doctor.slack import check_slack
from bot.local_workspace import HOST, check_port
from bot.organisation import SAMPLE, Organisation, read_organisation
from bot.run import prepare_data_folder
from bot.settings import Settings
from bot.transports import read_endpoint
from foundation.people import Role
from knowledge.embedding import explain_missing_model
from knowledge.handbook import read_handbook
from strategy.files import SAMPLE as SAMPLE_STRATEGY
from strategy.files import read_strategy
from strategy.skipped_dates import describe_skipped_dates


async def run_checks(settings: Settings, now: datetime, *, tries_model: bool = False) -> list[Finding]:
    """All findings, in the order in which problems are best fixed.

    With `tries_model`, a made-up question is sent to the language model, if one is configured.
    """
    found = Findings()
    organisation = _check_organisation(found, settings, now)
    with found.catching_errors("data folder"):
        prepare_data_folder(settings.data)
        found.add_good("data folder", f"{settings.data.absolute()} can be written to.")
    is_running = check_database(found, settings, now, organisation)
    _check_model(found)
    await check_language_model(found, settings, tries_model=tries_model)
    if settings.is_local:
        text = "No tokens are set, so “pmo run” starts a local workspace. To use your own Slack, set its tokens."
        found.add_good("Slack", text)
        if not is_running:
            _check_port(found, settings)
    else:
        with found.catching_errors("Slack"):
            await check_slack(found, read_endpoint(settings), organisation)
            if settings.app_token is None and not is_running:
                _check_port(found, settings)
    return found.all


def _check_organisation(found: Findings, settings: Settings, now: datetime) -> Organisation | None:
    about = "organisation"
    with found.catching_errors(about):
        organisation = read_organisation(settings.organisation or SAMPLE)
        found.add_good(about, f"{organisation.name}: {_count_people(organisation)}.")
        if settings.organisation is None:
            how = "Copy bot/sample/organisation.yaml, enter your people and channels, and set PMO_ORGANISATION."
            (found.add_hint if settings.is_local else found.add_broken)(
                about, f"This is the sample organisation. {how}"
            )
        _check_files(found, organisation)
        found.add_good("retention", _describe_retention(organisation))
        for digest in organisation.digests:
            for note in describe_skipped_dates(digest.schedule, now):
                found.add_hint("digests", f"{digest.key}: {note}")
        return organisation
    return None


def _describe_retention(organisation: Organisation) -> str:
    kinds = organisation.retention.list_days()
    deleted = [f"{name} after {days:,} days" for name, days in kinds.items() if days is not None]
    kept = [name for name, days in kinds.items() if days is None]
    sentences = [f"Deleted: {', '.join(deleted)}." if deleted else "", f"Kept: {', '.join(kept)}." if kept else ""]
    return " ".join(filter(None, sentences))


def _count_people(organisation: Organisation) -> str:
    holders = Counter(role for person in organisation.people for role in person.roles)
    roles = [f"{holders[role]} with the role {role}" for role in (Role.PMO_STAFF, Role.PMO_LEAD, Role.LEADER)]
    return ", ".join([f"{len(list(organisation.people))} people", *roles])


def _check_files(found: Findings, organisation: Organisation) -> None:
    if not organisation.groups:  # their members are in the database, where this is checked as well
        check_leads(found, organisation)
    own = organisation.files.handbook
    if own:
        with found.catching_errors("handbook"):
            pages = read_handbook(organisation.resolve_path(own))
            found.add_good("handbook", f"{len(pages)} pages in {organisation.resolve_path(own)}.")
    if organisation.strategy and organisation.strategy != SAMPLE_STRATEGY:
        with found.catching_errors("strategy"):
            strategy = read_strategy(organisation.strategy)
            found.add_good("strategy", f"{len(strategy.objectives)} objectives, {len(strategy.projects)} projects.")


def _check_model(found: Findings) -> None:
    reason = explain_missing_model()
    if reason:
        found.add_hint("model", reason)
    else:
        found.add_good("model", "Search by meaning is on.")


def _check_port(found: Findings, settings: Settings) -> None:
    with found.catching_errors("port"):
        check_port(HOST, settings.port)
        found.add_good("port", f"Port {settings.port} is free." if settings.port else "Any free port will be used.")
