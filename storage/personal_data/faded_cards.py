"""Cards in Slack whose text was deleted after its time, of records that name somebody who was erased.

Their text can't be rewritten, but it can be built again from the record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, exists, select
from sqlalchemy.orm import Session, aliased

from storage.engine.delivery_kinds import DeliveryKind
from storage.tables.engine import DeliveryRow
from storage.tables.requests import RequestCardRow, RequestRow
from storage.tables.stories import StoryCardRow, StoryRow
from storage.tables.updates import UpdatePostRow, UpdateRow


@dataclass(frozen=True, slots=True)
class FadedCards:
    """Numbers of requests, ids of stories, and kind, subject and slot of updates."""

    requests: Sequence[int]
    stories: Sequence[str]
    updates: Sequence[tuple[str, str, datetime]]


def find_faded_cards(session: Session, pseudonym: str) -> FadedCards:
    """The records with a card that was posted, whose text is gone, and that no edit has changed since."""
    in_request = cast(RequestRow.record, Text).contains(f'"{pseudonym}"')
    in_story = cast(StoryRow.record, Text).contains(f'"{pseudonym}"')
    requests = select(RequestRow.number).join(RequestCardRow, RequestCardRow.number == RequestRow.number)
    stories = select(StoryRow.id).join(StoryCardRow, StoryCardRow.story == StoryRow.id)
    posts, row = UpdatePostRow, UpdateRow
    same = (row.kind == posts.kind) & (row.subject == posts.subject) & (row.slot == posts.slot)
    named = (row.author == pseudonym) | (row.acknowledged_by == pseudonym)
    updates = select(posts.kind, posts.subject, posts.slot).join(row, same).where(named)
    return FadedCards(
        session.scalars(requests.where(in_request, _is_faded(RequestCardRow.delivery)).distinct()).all(),
        session.scalars(stories.where(in_story, _is_faded(StoryCardRow.delivery)).distinct()).all(),
        [(kind, key, slot) for kind, key, slot in session.execute(updates.where(_is_faded(posts.delivery)).distinct())],
    )


def _is_faded(delivery: Any) -> ColumnElement[bool]:
    edit = aliased(DeliveryRow)
    is_edit = edit.is_kind(DeliveryKind.EDIT) & (edit.target == delivery)
    post = DeliveryRow
    is_post = (post.id == delivery) & post.emptied & post.posted_ts.is_not(None)
    return exists().where(is_post) & ~exists().where(is_edit)
