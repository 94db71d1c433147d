"""Stories whose card couldn't be posted in triage: their authors learn it, and the card is posted again later."""

from collections.abc import Collection

from handlers.context import AppContext
from handlers.slack.blocks.builders import build_message, escape
from handlers.slack.pmo_notices import explain_unposted
from handlers.strategy.stories import TRIAGE, open_story_cards
from storage.store import Transaction
from strategy.story_records import StoryState


def tell_authors(tx: Transaction, ctx: AppContext, failed: Collection[str]) -> None:
    """`failed` are deliveries that reached nobody. A card among them is forgotten; the next change posts a new one."""
    for story_id in tx.stories.forget_cards(TRIAGE, failed):
        stored = tx.stories.get(story_id)
        text = explain_unposted(ctx, f"Your story “{escape(stored.story.title)}”")
        tx.outbox.post(stored.story.author, build_message(text), key=f"unposted:{story_id}:{stored.version}")


def post_missing_review_cards(tx: Transaction, ctx: AppContext) -> None:
    """The triage channel works again: post what waits for review and is missing there."""
    for story in tx.stories.list_without_card(TRIAGE, StoryState.SUBMITTED):
        open_story_cards(tx, ctx, story).post(TRIAGE)
