"""The organisation of the running bot: one immutable context at a time, swapped as a whole when something changes."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.channel_check import SlackChannelCheck
from bot.composition import Engine, build_context
from bot.engine.channel_members import ChannelMembers
from bot.engine.slack_people import SlackPeople
from bot.handbook_import import choose_handbook, list_service_keys, plan_import
from bot.handbook_provider import HandbookProvider
from bot.manifest import AGENT_SCOPE
from bot.organisation import Organisation, read_organisation
from bot.organisation_changes import describe_changes
from bot.strategy_import import choose_strategy
from handlers.context import AppContext
from knowledge.selector import Selector
from storage.database import Database
from storage.store import Store


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

    def build(self, organisation: Organisation, shared: Collection[str] = ()) -> AppContext:
        """`shared`: the channels that are known to be shared with another organisation."""
        channels = SlackChannelCheck(self.web, organisation, self.loop, self.now, shared)
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
    return ContextFactory(database, handbook, now, selector, web, bot, loop, directory, members)


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
            await self._switch(after)
            return [*describe_changes(before, after), *imported]

    async def _switch(self, organisation: Organisation) -> None:
        known = self._ctx.channel_check.shared if self._ctx.channel_check else ()
        ctx = self._factory.build(organisation, known)
        await asyncio.to_thread(ctx.check_channels)  # before anything is posted to channels that are new
        await self._engine.use_context(ctx)
        self._organisation, self._ctx = organisation, ctx

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
