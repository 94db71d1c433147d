"""The organisation with the people whom Slack user groups give roles, as they are stored."""

from datetime import datetime

from bot.organisation import Organisation
from storage.store import Store


def add_stored_members(organisation: Organisation, store: Store, now: datetime) -> Organisation:
    """With the members that its groups had when Slack last listed them. Doesn't ask Slack."""
    if not organisation.groups:
        return organisation
    groups = [group.id for group in organisation.groups]
    with store.read_only(now) as tx:
        versions = tx.user_groups.read_versions(groups)  # first: a change in between is noticed later
        return organisation.add_group_members(tx.user_groups.read_names(groups), versions)
