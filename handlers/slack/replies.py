"""Replying to people where they are."""

from collections.abc import Mapping
from typing import Any

from handlers.slack.payloads import Place
from storage.store import Transaction


def send_reply(tx: Transaction, place: Place, message: Mapping[str, Any], *, public: bool = False) -> None:
    """Reply where somebody is: to them only or, if `public`, to everybody in the conversation.

    In a direct message with the app both are the same, and a lasting message is better than an ephemeral one.
    """
    if place.channel and (public or (place.is_direct and not place.response_url)):
        tx.outbox.post(place.channel, message, thread_ts=place.thread_ts, person=place.user)
    elif place.response_url:
        tx.outbox.reply_to_url(place.response_url, dict(message) | {"replace_original": False}, user=place.user)
    elif place.channel:
        # An ephemeral message in a thread that doesn't exist yet would be invisible.
        tx.outbox.post_ephemeral(
            place.channel, place.user, message, thread_ts=None if place.opens_thread else place.thread_ts
        )
    else:
        tx.outbox.post(place.user, message)


def reply_ephemeral(tx: Transaction, place: Place, message: Mapping[str, Any]) -> None:
    """Reply to the person alone, in the thread where they clicked."""
    if place.channel and not place.is_private:
        tx.outbox.post_ephemeral(place.channel, place.user, message, thread_ts=place.thread_ts)
    else:
        send_reply(tx, place, message)
