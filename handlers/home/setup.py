"""What a new organisation still has to set up: the first section of the App Home of the head of the PMO."""

from collections.abc import Iterator

from foundation.access import Access
from foundation.people import Person
from handlers.context import AppContext
from handlers.home.blocks.setup import SetupStep, build_sample_note, build_setup_blocks
from handlers.slack.blocks.builders import Block, escape
from handlers.slack.calls import DeferredCall
from handlers.slack.replies import send_reply
from handlers.slack.routes import Routes, always
from handlers.strategy.digests import DIGEST, preview_digest
from servicedesk.permissions import can_set_up, find_unfilled_roles
from storage.store import Transaction


def register(routes: Routes) -> None:
    routes.defer_action("setup.digest", preview_first_digest, needs=Access.EVERYTHING, heavy=always)


def preview_first_digest(call: DeferredCall) -> None:
    """Somebody clicked Preview the next digest."""
    preview = preview_digest(call, "")
    with call.transaction() as tx:
        send_reply(tx, call.place, preview)


def build_setup_section(tx: Transaction, ctx: AppContext, person: Person) -> list[Block]:
    """The steps, as long as one that everybody needs is missing."""
    if not can_set_up(person):
        return []
    if not ctx.own_files.organisation:
        return build_sample_note()
    steps = list(_list_steps(tx, ctx))
    return build_setup_blocks(steps) if any(not step.is_done and not step.is_optional for step in steps) else []


def _list_steps(tx: Transaction, ctx: AppContext) -> Iterator[SetupStep]:
    yield _check_people(ctx)
    problems = ctx.channel_check.problems if ctx.channel_check else None
    if problems is not None:
        yield SetupStep("Channels", not problems, escape(" ".join(problems)))
    current = tx.handbook.get_current()
    yield SetupStep(
        "Handbook",
        current is not None and not current.is_shipped,
        "You're using the handbook that comes with the bot. To use your own: `pmo handbook import FOLDER`",
        is_optional=True,
    )
    yield SetupStep(
        "Services",
        ctx.own_files.catalogue,
        "You offer the services that come with the bot. To change them, copy `servicedesk/catalogue.yaml` and set "
        f"`catalogue:` under `files:` in `{ctx.own_files.organisation}`.",
        is_optional=True,
    )
    yield SetupStep(
        "Strategy",
        tx.strategy.get_current_version() is not None,
        "There's no strategy yet. Copy `strategy/sample.yaml`, then: `pmo strategy import strategy.yaml`",
    )
    yield _check_digests(tx, ctx)


def _check_people(ctx: AppContext) -> SetupStep:
    missing = [f"`{role}`" for role in find_unfilled_roles(ctx.people)]
    advice = f"Nobody has the role {' or '.join(missing)}. Add people to `{ctx.own_files.organisation}`, then restart."
    return SetupStep("People and roles", not missing, advice)


def _check_digests(tx: Transaction, ctx: AppContext) -> SetupStep:
    if not ctx.own_files.digests:
        advice = (
            "There's no digest yet. Copy `reporting/digests.yaml` and set `digests:` under `files:` in "
            f"`{ctx.own_files.organisation}`, then restart."
        )
        return SetupStep("First digest", False, advice)
    is_sent = tx.schedules.has_delivered_any(DIGEST)
    return SetupStep("First digest", is_sent, "None has been sent yet.", can_preview=True)
