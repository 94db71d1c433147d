"""Builds cards again whose text was deleted after its time, because they name somebody who was erased."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from foundation.errors import UserError
from handlers.context import AppContext
from handlers.requests.notifications import refresh_cards
from handlers.requests.views import view_request
from handlers.strategy.stories import open_story_cards
from handlers.strategy.updates import refresh_update_posts
from storage.personal_data.faded_cards import FadedCards, find_faded_cards
from storage.store import Transaction
from strategy.records import Subject, SubjectKind

Refresh = Callable[[Transaction], None]


def refresh_faded_cards(ctx: AppContext, pseudonym: str, now: datetime) -> int:
    """Edit them to show the records as they are now. Returns how many records that were."""
    with ctx.store.read_only(now) as tx:
        faded = find_faded_cards(tx.session, pseudonym)
    return sum(_is_refreshed(ctx, refresh, now) for refresh in _list_steps(ctx, faded))


def _list_steps(ctx: AppContext, faded: FadedCards) -> Iterator[Refresh]:
    for number in faded.requests:
        yield partial(_refresh_request, ctx, number)
    for story in faded.stories:
        yield partial(_refresh_story, ctx, story)
    for kind, key, slot in faded.updates:
        yield partial(_refresh_update, ctx, Subject(SubjectKind(kind), key), slot)


def _refresh_request(ctx: AppContext, number: int, tx: Transaction) -> None:
    refresh_cards(tx, ctx, view_request(tx, ctx, tx.requests.get(number)))


def _refresh_story(ctx: AppContext, story: str, tx: Transaction) -> None:
    open_story_cards(tx, ctx, tx.stories.get(story).story).refresh()


def _refresh_update(ctx: AppContext, subject: Subject, slot: datetime, tx: Transaction) -> None:
    refresh_update_posts(tx, ctx, tx.updates.get(subject, slot))


def _is_refreshed(ctx: AppContext, refresh: Refresh, now: datetime) -> bool:
    """One record in one transaction. What it's about may be gone from the catalogue or the strategy."""
    try:
        with ctx.store.transaction(now) as tx:
            refresh(tx)
    except UserError:
        return False
    return True
