"""What happens to the channels that the organisation uses: the PMO learns it once, with what to do."""

from collections.abc import Mapping

from handlers.context import AppContext
from handlers.requests.unposted import post_missing_triage_cards
from handlers.slack.blocks.builders import build_message, escape, mention_user
from handlers.slack.calls import BlockingCall, DeferredCall
from handlers.slack.pmo_notices import tell_pmo
from handlers.slack.routes import Routes
from handlers.slack.workspace_events import CHANNEL_EVENTS, ChannelChange, ChannelEvent, read_channel_change
from handlers.strategy.unposted_stories import post_missing_review_cards
from storage.engine.dead_letters import DeadLetters

REPLACE = "or choose another channel in the organisation file and run `pmo reload`"
# What happened, as in “… was archived”, and what to do.
NOTICES: Mapping[ChannelEvent, tuple[str, str]] = {
    ChannelEvent.RENAMED: ("is called #{name} now", "There's nothing to do: I know it by its ID."),
    ChannelEvent.ARCHIVED: ("was archived{by}, so I can't post there any more", f"Unarchive it, {REPLACE}."),
    ChannelEvent.UNARCHIVED: (
        "was unarchived{by}",
        "If I'm not in it, invite me with /invite @PMO Assistant; then it works again.",
    ),
    ChannelEvent.DELETED: (
        "was deleted{by}, so I can't post there any more",
        "Choose another channel in the organisation file and run `pmo reload`.",
    ),
    ChannelEvent.LEFT: (
        "no longer has me as a member: I was removed{by}",
        f"Invite me with /invite @PMO Assistant, {REPLACE}.",
    ),
    ChannelEvent.MOVED: (
        "has another ID now: {new_id}",
        "In the organisation file and the digests, replace {channel} by {new_id}, and run `pmo reload`.",
    ),
}
# What posting there will be refused with; the PMO knows it from the notice already.
ERRORS: Mapping[ChannelEvent, tuple[str, ...]] = {
    ChannelEvent.ARCHIVED: ("is_archived",),
    ChannelEvent.DELETED: ("channel_not_found",),
    ChannelEvent.LEFT: ("not_in_channel", "channel_not_found"),
    ChannelEvent.MOVED: ("channel_not_found",),
}


def register(routes: Routes) -> None:
    for name in CHANNEL_EVENTS:
        routes.defer_event(name, note_channel_change, needs=None, when=concerns_used_channel)


async def concerns_used_channel(call: BlockingCall) -> bool:
    """Whether it is about a channel that the bot posts to on its own."""
    change = read_channel_change(call.payload, call.ctx.bot_user)
    return change is not None and bool(find_uses(call.ctx, change.channel))


def note_channel_change(call: DeferredCall) -> None:
    """Tell the PMO, directly if triage itself is concerned; when triage works again, post what is missing there."""
    ctx, change = call.ctx, read_channel_change(call.payload, call.ctx.bot_user)
    with call.transaction() as tx:
        if change is None:
            return
        is_triage = change.channel == ctx.channels.triage
        if change.event in NOTICES:
            day = ctx.desk.calendar.local_date(tx.now)
            # Slack may report the same thing in two events, such as channel_left and member_left_channel.
            key = f"channel:{change.channel}:{change.event}:{change.name or change.new_id or day}"
            message = build_message(describe_channel_change(ctx, change))
            tell_pmo(tx, ctx, message, key=key, directly=is_triage and change.event is not ChannelEvent.RENAMED)
            DeadLetters(tx.session, tx.now).mark_known(change.channel, ERRORS.get(change.event, ()))
        if is_triage and change.event in (ChannelEvent.JOINED, ChannelEvent.UNARCHIVED):
            post_missing_triage_cards(tx, ctx)
            post_missing_review_cards(tx, ctx)


def describe_channel_change(ctx: AppContext, change: ChannelChange) -> str:
    """One sentence on what happened, one on what to do."""
    happened, remedy = NOTICES[change.event]
    by = f" by {mention_user(change.by)}" if change.by else ""
    filled = {"by": by, "name": escape(change.name), "channel": change.channel, "new_id": escape(change.new_id)}
    uses = " and ".join(find_uses(ctx, change.channel))
    subject = f"The channel for {uses} (<#{change.channel}>)"
    return f"{subject} {happened.format(**filled)}. {remedy.format(**filled)}"


def find_uses(ctx: AppContext, channel: str) -> list[str]:
    """What the organisation uses the channel for."""
    names = ("triage", "progress", "stories", "leadership")
    uses = [name for name in names if getattr(ctx.channels, name) == channel]
    return uses + [f"the digest “{escape(one.key)}”" for one in ctx.digests if one.channel == channel]
