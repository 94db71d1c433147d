"""Progress updates: the form, the posts, corrections and acknowledgements."""

from datetime import datetime
from functools import partial

from foundation.access import Access
from foundation.errors import InvalidInput, NotAllowed, NotFound
from foundation.people import Person
from handlers.context import AppContext
from handlers.slack.blocks.builders import Block, Message, escape, mention_user
from handlers.slack.calls import BlockingCall, DeferredCall, HandlerCall, ImmediateCall
from handlers.slack.cards import Cards
from handlers.slack.routes import Routes
from handlers.strategy.blocks.tree import decode_subject
from handlers.strategy.blocks.update import (
    FORM,
    build_author_message,
    build_correction_modal,
    build_update_message,
    build_update_modal,
    decode_update,
    encode_update,
)
from handlers.strategy.lookups import get_subject_title, load_strategy, load_updates
from reporting.posts import build_update_post
from storage.store import Transaction
from strategy.check_ins import find_open_slot, find_reportable_subjects
from strategy.permissions import find_leadership, find_pmo
from strategy.records import Objective, ProgressUpdate, Strategy, Subject
from strategy.search import find_matching_subjects
from strategy.updates import UpdateText, acknowledge_update, can_write_update, correct_update, write_update
from strategy.visibility import filter_visible, filter_visible_to_all


def register(routes: Routes) -> None:
    routes.handle_command("/pmo-update", open_update_form, needs=Access.EVERYTHING)
    routes.handle_shortcut("write_update", open_update_form, needs=Access.EVERYTHING)
    routes.handle_action("update.write", open_subject_update_form, needs=Access.EVERYTHING)
    routes.handle_action("update.correct", open_correction_form, needs=Access.EVERYTHING)
    routes.defer_submission(FORM, submit_update, check_update, needs=Access.EVERYTHING)
    routes.defer_action("update.seen", mark_update_seen, needs=Access.EVERYTHING)


async def open_update_form(call: ImmediateCall) -> None:
    """/pmo-update [project or objective]."""
    typed = call.command_text
    await call.open_modal(await call.read(lambda tx: _build_form(tx, call.ctx, call.person, typed, None)))


async def open_subject_update_form(call: ImmediateCall) -> None:
    """Open the form for the subject that the button names."""
    subject = decode_subject(call.value)
    await call.open_modal(await call.read(lambda tx: _build_form(tx, call.ctx, call.person, "", subject)))


async def open_correction_form(call: ImmediateCall) -> None:
    """Open the form with an update that its author wants to correct."""
    subject, slot = decode_update(call.value)
    await call.open_modal(await call.read(lambda tx: _build_correction_form(tx, call.person, subject, slot)))


def check_update(call: BlockingCall) -> None:
    """Show each error under its field."""
    call.read(lambda tx: _read_update(tx, call))


def submit_update(call: DeferredCall) -> None:
    """Store the update and post it for those who may see it; a correction edits those posts."""
    with call.transaction() as tx:
        update = _read_update(tx, call)
        tx.updates.add(update)
        if update.revision > 1:
            _open_posts(tx, call.ctx, update).refresh()
        else:
            post_update(tx, call.ctx, update)
            _open_posts(tx, call.ctx, update).post(update.author)
        tx.homes.mark_outdated(_find_concerned(tx, call.ctx, update))


def mark_update_seen(call: DeferredCall) -> None:
    """Record that a reviewer, sponsor, leader or the PMO has read the update."""
    subject, slot = decode_update(call.value)
    person = call.person
    with call.transaction() as tx:
        update = acknowledge_update(
            filter_visible(load_strategy(tx), person), person, tx.updates.get(subject, slot), now=tx.now
        )
        if tx.updates.acknowledge(update):
            _open_posts(tx, call.ctx, update).refresh()
            tx.homes.mark_outdated(_find_concerned(tx, call.ctx, update))


def post_update(tx: Transaction, ctx: AppContext, update: ProgressUpdate) -> None:
    """Post it in a channel whose readers may all see it, and send a copy to whoever is asked for help."""
    posts = _open_posts(tx, ctx, update)
    for place in _find_places(load_strategy(tx), ctx, update):
        posts.post(place, key=f"update:{encode_update(update.subject, update.slot)}:{place}")


def _build_form(tx: Transaction, ctx: AppContext, person: Person, typed: str, subject: Subject | None) -> Block:
    """The form for what the person reports on, with the subject they named already chosen."""
    strategy = filter_visible(load_strategy(tx), person)
    updates = load_updates(tx)
    own = find_reportable_subjects(strategy, person, tx.now, ctx.absences)
    if subject and not can_write_update(strategy, person, subject, tx.now, ctx.absences):
        raise NotAllowed("Only its owner, their delegate or the head of the PMO can report on it.")
    if not own:
        raise NotAllowed("You don't own an objective or a project that needs updates now. Owners write the updates.")
    if typed:
        own = _filter_named(strategy, own, typed)
    choices = [(one, get_subject_title(strategy, one)) for one in own]
    dues = {find_open_slot(strategy, one, updates, tx.now) for one in own} if strategy.cycle.check_ins else set()
    return build_update_modal(choices, subject, dues.pop() if len(dues) == 1 else None)


def _build_correction_form(tx: Transaction, person: Person, subject: Subject, slot: datetime) -> Block:
    strategy = filter_visible(load_strategy(tx), person)
    return build_correction_modal(tx.updates.get(subject, slot), get_subject_title(strategy, subject))


def _filter_named(strategy: Strategy, own: tuple[Subject, ...], typed: str) -> tuple[Subject, ...]:
    """The subjects that match what was typed. If there are several, the person chooses one in the form."""
    found = tuple(one for one in find_matching_subjects(strategy, typed) if one in own)
    if not found:
        typed_text = escape(typed[:60])
        raise NotFound(f"You don't report on anything matching “{typed_text}”. Type `/pmo-update` to see your choices.")
    return found


def _read_update(tx: Transaction, call: HandlerCall) -> ProgressUpdate:
    """The submitted update, checked."""
    person, entered = call.person, call.submitted
    strategy, carried = filter_visible(load_strategy(tx), person), call.metadata
    names = ("rag", "summary", "achieved", "next_steps", "blocker", "ask", "confidence")
    text = UpdateText(**{name: str(entered.get(name) or "") for name in names})
    if carried:
        before = tx.updates.get(*decode_update(carried))
        return correct_update(strategy, person, before, text, now=tx.now, absences=call.ctx.absences)
    if not entered.get("subject"):
        raise InvalidInput({"subject": "Choose an objective or a project."})
    subject = decode_subject(str(entered["subject"]))
    earlier = tx.updates.list_for_subject(subject)
    return write_update(strategy, person, subject, text, earlier=earlier, now=tx.now, absences=call.ctx.absences)


def refresh_update_posts(tx: Transaction, ctx: AppContext, update: ProgressUpdate) -> None:
    """Show the update as it is now wherever it was posted."""
    _open_posts(tx, ctx, update).refresh()


def _open_posts(tx: Transaction, ctx: AppContext, update: ProgressUpdate) -> Cards:
    return Cards(
        outbox=tx.outbox,
        deliveries=dict(tx.updates.read_posts(update)),
        remember=partial(tx.updates.remember_post, update),
        build=partial(_build_message, load_strategy(tx), ctx, update),
        instead=dict.fromkeys((ctx.channels.progress, ctx.channels.leadership), update.author),
    )


def _build_message(strategy: Strategy, ctx: AppContext, update: ProgressUpdate, place: str) -> Message:
    """The update as its author, or as everybody else, sees it in that place."""
    post = build_update_post(update, strategy, ctx.people)
    if _is_channel(place) or place == _find_reviewer(strategy, update.subject):
        return build_update_message(update, post)
    return build_author_message(update, post, _describe_places(strategy, ctx, update))


def _find_places(strategy: Strategy, ctx: AppContext, update: ProgressUpdate) -> list[str]:
    """Where an update is posted.

    A channel whose readers may all see it, if there is one, and the person above the owner if an answer is wanted or
    there is no such channel.
    """
    channel = _find_channel(strategy, ctx, update.subject)
    channel = None if channel and ctx.is_shared(channel) else channel
    above = _find_reviewer(strategy, update.subject)
    is_asked = above and above != update.author and (channel is None or update.wants_answer)
    return [place for place in (channel, above if is_asked else None) if place]


def _find_channel(strategy: Strategy, ctx: AppContext, subject: Subject) -> str | None:
    if subject in filter_visible_to_all(strategy, ()).titles:
        return ctx.channels.progress
    leaders = find_leadership(ctx.people)
    if leaders and subject in filter_visible_to_all(strategy, leaders).titles:
        return ctx.channels.leadership
    return None


def _find_reviewer(strategy: Strategy, subject: Subject) -> str | None:
    """The objective's reviewer or the project's sponsor."""
    record = strategy.subject(subject)
    return record.reviewer if isinstance(record, Objective) else record.sponsor


def _describe_places(strategy: Strategy, ctx: AppContext, update: ProgressUpdate) -> str:
    """Where the update was posted, as a sentence for its author."""
    places = _find_places(strategy, ctx, update)
    named = [f"<#{place}>" if _is_channel(place) else mention_user(place) for place in places]
    channel = _find_channel(strategy, ctx, update.subject)
    if channel and ctx.is_shared(channel):
        held = f"I didn't post it to <#{channel}>, because that channel is shared with another organisation."
        sent = f" I sent it to {' and '.join(named)}." if named else ""
        return f"{held}{sent} Ask the PMO to stop sharing it or to use another channel."
    if not named:
        return "People who have access can see it with `/pmo-strategy`."
    private = (
        "" if ctx.channels.progress in places else " Not everyone has access to it, so I didn't post it anywhere else."
    )
    return f"I posted it to {' and '.join(named)}.{private}"


def _find_concerned(tx: Transaction, ctx: AppContext, update: ProgressUpdate) -> list[str]:
    """The people whose App Home shows it."""
    strategy = load_strategy(tx)
    above = _find_reviewer(strategy, update.subject)
    first = [update.author, strategy.subject(update.subject).owner, *([above] if above else [])]
    return [*first, *(person.id for person in (*find_leadership(ctx.people), *find_pmo(ctx.people)))]


def _is_channel(place: str) -> bool:
    return place.startswith(("C", "G"))
