"""Slack user groups that give roles: their changes, and what the PMO learns when something is wrong with one."""

from collections.abc import Mapping

from handlers.slack.calls import BlockingCall, DeferredCall
from handlers.slack.routes import Routes
from handlers.slack.workspace_events import GROUP_EVENTS, read_changed_group

MISSING_SCOPE = "missing_scope"
NO_MEMBERS = "no_members"
LAST_LEAD = "last_lead"
KEPT = "Until then, the members it had when Slack last listed them keep their roles."
# What is wrong by Slack's error codes and our own, and what to do.
PROBLEMS: Mapping[str, tuple[str, str]] = {
    "no_such_subteam": (
        "Slack has no user group {group}: it was disabled or deleted, or its ID is wrong.",
        f"Enable it again, or correct the organisation file and run `pmo reload`. {KEPT}",
    ),
    NO_MEMBERS: (
        "The user group {group} has no members.",
        f"Add people to it, or remove it from the organisation file and run `pmo reload`. {KEPT}",
    ),
    MISSING_SCOPE: (
        "I may not see who is in the user group {group}: the bot token lacks the scope usergroups:read.",
        f"Paste the output of `pmo manifest` into the app's manifest in Slack and reinstall the app. {KEPT}",
    ),
    "plan_upgrade_required": (
        "This workspace's Slack plan has no user groups, so {group} gives no roles.",
        f"List the people themselves in the organisation file and run `pmo reload`. {KEPT}",
    ),
    LAST_LEAD: (
        "By its latest change, the user group {group} would leave nobody who leads the PMO.",
        "Those who did keep the role pmo_lead until somebody else has it: add somebody to the group, or give somebody "
        "the role in the organisation file and run `pmo reload`.",
    ),
}
OTHER = ("Slack refused to say who is in the user group {group} ({problem}).", f"Run `pmo doctor`. {KEPT}")


def register(routes: Routes) -> None:
    for name in GROUP_EVENTS:
        routes.defer_event(name, note_group_change, needs=None, when=concerns_role_group)


async def concerns_role_group(call: BlockingCall) -> bool:
    """Whether the organisation file gives the group's members roles."""
    return read_changed_group(call.payload) in call.ctx.role_groups.ids


def note_group_change(call: DeferredCall) -> None:
    """Have Slack asked again soon who is in the group. What the event lists may be cut off, or arrive out of order."""
    with call.transaction() as tx:
        tx.user_groups.mark_due([read_changed_group(call.payload)], tx.now)


def describe_group_problem(group: str, problem: str) -> str:
    """What is wrong, and what to do. Without a mention, which would call all its members."""
    happened, remedy = PROBLEMS.get(problem, OTHER)
    return f"{happened.format(group=group, problem=problem)} {remedy}"
