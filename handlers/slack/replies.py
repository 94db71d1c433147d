"""Answering where somebody is."""

from collections.abc import Mapping
from typing import Any

from handlers.slack.payloads import Place
from storage.store import Transaction


def send_reply(tx: Transaction, place: Place, words: Mapping[str, Any], *, public: bool = False) -> None:
    """Answer where somebody is: to them only, or, if `public`, to all in the conversation.

    In direct messages with the app what is said stays, because there the two are the same.
    """
    if place.channel and (public or (place.is_direct and not place.response_url)):
        tx.outbox.post(place.channel, words, thread_ts=place.thread_ts)
    elif place.response_url:
        tx.outbox.reply_to_url(place.response_url, dict(words) | {"replace_original": False}, user=place.user)
    elif place.channel:
        # In a thread that does not exist yet, words for one person only would be seen by nobody.
        tx.outbox.post_ephemeral(
            place.channel, place.user, words, thread_ts=None if place.opens_thread else place.thread_ts
        )
    else:
        tx.outbox.post(place.user, words)


def reply_ephemeral(tx: Transaction, place: Place, words: Mapping[str, Any]) -> None:
    """To the one who clicked only, in the thread where they are."""
    if place.channel and not place.is_private:
        tx.outbox.post_ephemeral(place.channel, place.user, words, thread_ts=place.thread_ts)
    else:
        send_reply(tx, place, words)
