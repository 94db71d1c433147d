"""From the settings outwards: files, database, handbook, model, then Slack or the local workspace."""

from datetime import datetime

from bot.doctor.database import look_at_database
from bot.doctor.findings import Finding, Findings
from bot.doctor.slack import look_at_slack
from bot.local_workspace import HOST, check_port
from bot.organisation import SAMPLE, Organisation, read_organisation
from bot.run import prepare_data
from bot.settings import Settings
from bot.transports import configured
from foundation.people import Role
from knowledge.embedding import explain_missing_model
from knowledge.handbook import read_handbook
from strategy.files import SAMPLE as SAMPLE_STRATEGY
from strategy.files import read_strategy


async def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Everything there is to say, in the order in which it is best mended."""
    found = Findings()
    organisation = _look_at_organisation(found, settings)
    with found.looking_at("data folder"):
        prepare_data(settings.data)
        found.good("data folder", f"{settings.data.absolute()} may be written to.")
    is_running = look_at_database(found, settings, now)
    _look_at_model(found)
    if settings.is_local:
        found.good("Slack", "No tokens are set: “pmo run” starts a local workspace. Set them to use your own.")
        if not is_running:
            _look_at_port(found, settings)
    else:
        with found.looking_at("Slack"):
            await look_at_slack(found, configured(settings), organisation)
            if settings.app_token is None and not is_running:
                _look_at_port(found, settings)
    return found.all


def _look_at_organisation(found: Findings, settings: Settings) -> Organisation | None:
    about = "organisation"
    with found.looking_at(about):
        organisation = read_organisation(settings.organisation or SAMPLE)
        roles = [
            f"{len(organisation.people.find_by_role(role))} with the role {role}"
            for role in (Role.PMO_STAFF, Role.PMO_LEAD, Role.LEADER)
        ]
        found.good(about, f"{organisation.name}: {len(list(organisation.people))} people, {', '.join(roles)}.")
        if settings.organisation is None:
            how = "Copy bot/sample/organisation.yaml, put your people and channels in it, and set PMO_ORGANISATION."
            (found.hint if settings.is_local else found.broken)(about, f"This is the sample organisation. {how}")
        _look_at_its_files(found, organisation)
        return organisation
    return None


def _look_at_its_files(found: Findings, organisation: Organisation) -> None:
    if not organisation.people.find_by_role(Role.PMO_LEAD):
        found.hint("organisation", "Nobody has the role pmo_lead, so nobody can approve or is told of what is overdue.")
    own = organisation.files.handbook
    if own:
        with found.looking_at("handbook"):
            pages = read_handbook(organisation.beside(own))
            found.good("handbook", f"{len(pages)} pages in {organisation.beside(own)}.")
    if organisation.strategy and organisation.strategy != SAMPLE_STRATEGY:
        with found.looking_at("strategy"):
            strategy = read_strategy(organisation.strategy)
            found.good("strategy", f"{len(strategy.objectives)} objectives, {len(strategy.projects)} projects.")


def _look_at_model(found: Findings) -> None:
    reason = explain_missing_model()
    if reason:
        found.hint("model", reason)
    else:
        found.good("model", "Search by meaning is on.")


def _look_at_port(found: Findings, settings: Settings) -> None:
    with found.looking_at("port"):
        check_port(HOST, settings.port)
        found.good("port", f"{settings.port} is free." if settings.port else "Any free one is taken.")
