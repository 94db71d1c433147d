"""Questions: from a mention, a direct message or /pmo to an answer from the handbook, and what people thought of it."""

import re
from collections.abc import Mapping
from typing import Any

from handlers import payloads
from handlers.blocks.answer import answer_message
from handlers.blocks.text import cut, escape, mention, message
from handlers.house import House
from handlers.payloads import Asked, Place
from handlers.routes import Routes
from storage.inbox import Arrival
from storage.store import Transaction


def register(routes: Routes) -> None:
    routes.event("app_mention", mentioned)
    routes.event("message", mentioned, when=_direct)
    routes.command("/pmo", commanded)
    routes.action("question.feedback", rated)
    routes.action("question.forward", forwarded)


def mentioned(arrival: Arrival, house: House) -> None:
    """Somebody mentioned the bot or wrote to it."""
    _answer(arrival, house, payloads.question(arrival.payload))


def commanded(arrival: Arrival, house: House) -> None:
    """/pmo <question> or /pmo ask <question>."""
    asked = payloads.question(arrival.payload)
    text = re.sub(r"^ask\b\s*", "", asked.text, flags=re.IGNORECASE)
    _answer(arrival, house, Asked(text, asked.place))


def rated(arrival: Arrival, house: House) -> None:
    """Somebody pressed Helpful or Not helpful."""
    verdict, _, question_id = payloads.action_value(arrival.payload).partition(":")
    with house.store.finishing(arrival, house.now()) as tx:
        tx.questions.rate(question_id, payloads.place(arrival.payload).user, verdict == "yes", house.now())


def forwarded(arrival: Arrival, house: House) -> None:
    """Somebody wants a person to answer: the PMO's channel gets the question, the asker a word."""
    place, question_id = payloads.place(arrival.payload), payloads.action_value(arrival.payload)
    with house.store.finishing(arrival, house.now()) as tx:
        text = tx.questions.text_of(question_id) or ""
        words = f"{mention(place.user)} asks, and the handbook does not say:\n>{escape(cut(text, 2000))}"
        tx.outbox.post(house.channels.triage, message(words), key=f"forward:{question_id}")
        reply(tx, place, message("Your question is with the PMO. Somebody will write to you."))


def _answer(arrival: Arrival, house: House, asked: Asked) -> None:
    answer = house.library().ask(asked.text)
    question_id = f"Q{arrival.id}"
    with house.store.finishing(arrival, house.now()) as tx:
        tx.questions.record(
            question_id, asked.place.user, asked.place.channel or "", asked.text, answer, arrival.received_at
        )
        reply(tx, asked.place, answer_message(answer, question_id, {}), public="event" in arrival.payload)


def reply(tx: Transaction, place: Place, words: Mapping[str, Any], *, public: bool = False) -> None:
    """Answer where somebody is: for all in a conversation, else to them only."""
    if public and place.channel:
        tx.outbox.post(place.channel, words, thread_ts=place.thread_ts)
    elif place.response_url:
        tx.outbox.respond(place.response_url, dict(words) | {"replace_original": False})
    elif place.channel:
        tx.outbox.whisper(place.channel, place.user, words, thread_ts=place.thread_ts)
    else:
        tx.outbox.post(place.user, words)


def _direct(body: Mapping[str, Any]) -> bool:
    """A person's own new message in the app's direct messages; edits and bots are no questions."""
    event = body["event"]
    return event.get("channel_type") == "im" and not event.get("subtype") and not event.get("bot_id")
