"""The organisation of the running bot: one immutable context at a time, swapped as a whole when something changes."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.channel_check import SlackChannelCheck, list_used_channels
from bot.composition import Engine, build_context
from bot.engine.channel_members import ChannelMembers
from bot.engine.slack_people import SlackPeople
from bot.engine.user_groups import RefreshUserGroups, SlackUserGroups
from bot.group_members import add_stored_members
from bot.handbook_import import choose_handbook, list_service_keys, plan_import
from bot.handbook_provider import HandbookProvider
from bot.manifest import AGENT_SCOPE
from bot.organisation import Organisation, read_organisation
from bot.organisation_changes import describe_changes
from bot.strategy_import import choose_strategy
from handlers.context import AppContext, ChannelCheck
from knowledge.selector import Selector
from storage.database import Database
from storage.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ContextFactory:
    """Builds the context for an organisation. What doesn't depend on it, such as what Slack said, is shared by all."""

    database: Database
    handbook: HandbookProvider
    now: Callable[[], datetime]
    selector: Selector | None
    web: AsyncWebClient
    bot: dict[str, Any]
    loop: asyncio.AbstractEventLoop
    directory: SlackPeople
    members: ChannelMembers
    user_groups: SlackUserGroups

    def add_members(self, organisation: Organisation) -> Organisation:
        """With the members of its user groups as they are stored."""
        return add_stored_members(organisation, Store(self.database, organisation.zone), self.now())

    def refresh_groups(self, organisation: Organisation) -> None:
        """Ask Slack who is in those of its user groups that are due, such as new ones, and store that."""
        ctx = self.build(self.add_members(organisation))
        RefreshUserGroups(ctx, self.user_groups, _nothing)(self.now())

    def build(self, organisation: Organisation, before: ChannelCheck | None = None) -> AppContext:
        """`before`: what was found out about the channels of the context that this one is to replace."""
        channels = SlackChannelCheck(self.web, organisation, self.loop, self.now, before.shared if before else ())
        return build_context(
            organisation,
            Store(self.database, organisation.zone, lambda channel: channel in channels.shared),
            self.handbook,
            self.now,
            self.selector,
            self.members,
            channels,
            bot_user=self.bot["user_id"],
            directory=self.directory,
            has_agent_view=AGENT_SCOPE in self.bot["scopes"],
        )


def build_context_factory(
    database: Database,
    handbook: HandbookProvider,
    now: Callable[[], datetime],
    selector: Selector | None,
    web: AsyncWebClient,
    bot: dict[str, Any],
) -> ContextFactory:
    """With what the contexts ask Slack for: people, and the members of channels. Call it in the event loop."""
    loop = asyncio.get_running_loop()
    directory = SlackPeople(web, bot["team_id"], bot.get("enterprise_id"), loop, now)
    members = ChannelMembers(web, bot["user_id"], loop, now)
    groups = SlackUserGroups(web, directory, loop)
    return ContextFactory(database, handbook, now, selector, web, bot, loop, directory, members, groups)


async def open_context(factory: ContextFactory, organisation: Organisation) -> tuple[Organisation, AppContext]:
    """The first context, after Slack was asked who is in the user groups that give roles.

    If Slack doesn't say, those whom it listed last have the roles.
    """

    def mark_due() -> None:
        now, store = factory.now(), Store(factory.database, organisation.zone)
        with store.transaction(now) as tx:
            tx.user_groups.mark_due([group.id for group in organisation.groups], now)

    await asyncio.to_thread(mark_due)
    await asyncio.to_thread(factory.refresh_groups, organisation)
    merged = await asyncio.to_thread(factory.add_members, organisation)
    return merged, factory.build(merged)


def _nothing() -> None:
    """The context is built afterwards in any case."""


class LiveOrganisation:
    """Reads the organisation file again and hands the engine a new context. Changes come one after the other."""

    def __init__(self, organisation: Organisation, ctx: AppContext, factory: ContextFactory, engine: Engine) -> None:
        self._organisation = organisation
        self._ctx = ctx
        self._factory = factory
        self._engine = engine
        self._turn = asyncio.Lock()

    async def reload(self) -> list[str]:
        """Take the organisation file, and the files that it names, as they are now. Returns what has changed.

        Raises:
            UserError: something in them is wrong or can't be read; nothing is changed.
        """
        async with self._turn:
            before = self._organisation
            after = await asyncio.to_thread(read_organisation, before.path)
            imported = await asyncio.to_thread(self._import_content, after)
            await asyncio.to_thread(self._factory.refresh_groups, after)  # nobody loses a role for seconds
            await self._switch(after)
            return [*describe_changes(before, after), *imported]

    async def follow_groups(self) -> None:
        """Give roles to the members of user groups as they change, until this is cancelled."""
        while True:
            await self._engine.members_changed.wait()
            self._engine.members_changed.clear()
            try:
                async with self._turn:
                    await self._switch(self._organisation)
            except Exception:  # the job that noticed the change will do so again
                log.exception("The members of user groups have changed, but couldn't be taken; retrying")

    async def _switch(self, organisation: Organisation) -> None:
        merged = await asyncio.to_thread(self._factory.add_members, organisation)
        ctx = self._factory.build(merged, self._ctx.channel_check)
        if list_used_channels(merged) != list_used_channels(self._organisation):
            await asyncio.to_thread(ctx.check_channels)  # before anything is posted to channels that are new
        await self._engine.use_context(ctx)
        self._organisation, self._ctx = merged, ctx

    def _import_content(self, organisation: Organisation) -> list[str]:
        """Import the strategy and the handbook that the organisation file names, if they have changed."""
        now, store = self._factory.now(), Store(self._factory.database, organisation.zone)
        if own := organisation.files.handbook:  # read before anything is imported: an invalid one changes nothing
            plan_import(store, organisation.resolve_path(own), now, list_service_keys(organisation))
        before = _read_content(store, now)
        choose_strategy(store, organisation, now)
        choose_handbook(store, organisation, now)
        after = _read_content(store, now)
        return [f"{what} imported" for what in before if before[what] != after[what]]


def _read_content(store: Store, now: datetime) -> dict[str, object]:
    with store.read_only(now) as tx:
        return {"strategy": tx.strategy.get_current_version(), "handbook": tx.handbook.get_current()}
