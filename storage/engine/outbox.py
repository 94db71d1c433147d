"""What is to be sent to Slack: written in the transaction that asks for it, sent later, each delivery exactly once.

`Outbox` writes within the caller's transaction. The sender works with storage.engine.deliveries.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from foundation.people import find_erased_name
from storage.engine.claims import count_changed_rows
from storage.engine.delivery_kinds import DeliveryKind
from storage.engine.restored import find_search_start
from storage.tables.engine import DeliveryRow
from storage.upsert import insert_new_rows

# What somebody is waiting for goes before what is sent to many. Earlier versions use 0 and 1 and claim only those:
# with numbers of its own, a new kind of delivery can't reach a process that doesn't know it during a rolling start.
PROMPT, BULK = 2, 3
EARLIER_PROMPT, EARLIER_BULK = 0, 1
PROMPT_PRIORITIES, BULK_PRIORITIES = (EARLIER_PROMPT, PROMPT), (EARLIER_BULK, BULK)


# Why a delivery is never sent: other organisations read the channel. It isn't a failure, so it isn't reported.
HELD_BACK = "channel_is_shared"
PERSON_ERASED = "person_was_erased"  # nobody is there to read it; this is no failure, either


_KEYS = uuid.UUID("6f0c1b62-5a0e-4f43-9f3e-0d6b1d3f2c55")  # what ids are computed from, together with keys


def is_open_to_all(_: str) -> bool:
    """Nothing is held back from any channel."""
    return False


class Outbox:
    """Asks for deliveries within a transaction. Nothing is sent unless that transaction commits.

    What goes to a channel that `is_held` says yes to is recorded and never sent, and neither is what follows it: edits
    and replies. Messages that only one person sees aren't held back.

    `arrival` is the key of the arrival whose handling asks, if any. Its deliveries keep it for the log.

    Deliveries to one place keep the order in which they were asked for: posts in a channel, in a thread or in a
    person's direct messages, and edits of one message.
    """

    def __init__(
        self,
        session: Session,
        now: datetime,
        is_held: Callable[[str], bool] = is_open_to_all,
        arrival: str | None = None,
    ) -> None:
        self._session = session
        self._now = now
        self._is_held = is_held
        self._arrival = arrival

    def post(
        self,
        channel: str,
        message: Mapping[str, Any],
        *,
        thread_ts: str | None = None,
        key: str | None = None,
        bulk: bool = False,
        follows: str | None = None,
        person: str | None = None,
    ) -> str:
        """Post `message` ({text, blocks}) to a channel or, given a user's id, to their direct messages.

        A second post with the same `key` is never made. `bulk` lets what people wait for go first; `follows` makes it
        a reply in the thread of another delivery. `person` gets it directly if it can't be posted in the channel.
        Returns the delivery's id, which later edits name.
        """
        arguments = dict(message) | ({"thread_ts": thread_ts} if thread_ts else {})
        # Bulk posts are a conversation of their own: an answer in the same channel doesn't wait behind them.
        queue = "many:" if bulk else ""
        return self._add(
            DeliveryKind.POST,
            arguments,
            channel=channel,
            key=key,
            lane=BULK if bulk else PROMPT,
            target=follows,
            person=person,
            conversation=f"{queue}{channel}:{follows or thread_ts or ''}",
            **self._hold_back(channel, follows),
        )

    def list_waiting(self, channel: str) -> list[dict[str, Any]]:
        """The messages that haven't been sent to a channel yet, in their order."""
        waiting = (DeliveryRow.channel == channel) & (DeliveryRow.status == "waiting")
        shown = DeliveryRow.is_kind(DeliveryKind.POST) | DeliveryRow.is_kind(DeliveryKind.EPHEMERAL)
        query = select(DeliveryRow.arguments).where(waiting, shown).order_by(DeliveryRow.number)
        return list(self._session.scalars(query))

    def edit(self, delivery: str, message: Mapping[str, Any]) -> None:
        """Replace the message of an earlier delivery with `message`. Of several waiting edits only the last is sent."""
        waiting = (DeliveryRow.target == delivery) & DeliveryRow.is_kind(DeliveryKind.EDIT)
        if not self._replace(waiting, dict(message)):
            held = self._hold_back(None, delivery)
            self._add(DeliveryKind.EDIT, dict(message), target=delivery, conversation=f"edit:{delivery}", **held)

    def post_ephemeral(
        self, channel: str, user: str, message: Mapping[str, Any], *, thread_ts: str | None = None
    ) -> str:
        """Show `message` to one person only, where they are. If Slack can't, they get it as a direct message."""
        arguments = dict(message) | {"user": user} | ({"thread_ts": thread_ts} if thread_ts else {})
        conversation = f"only:{user}:{channel}"
        return self._add(DeliveryKind.EPHEMERAL, arguments, channel=channel, person=user, conversation=conversation)

    def reply_to_url(self, response_url: str, message: Mapping[str, Any], *, user: str | None = None) -> str:
        """Reply where a command was typed or a button was clicked.

        A `response_url` works five times within 30 minutes; after that, `user` gets the message directly.
        """
        arguments = dict(message) | {"response_url": response_url}
        place = hashlib.sha256(response_url.encode()).hexdigest()[:32]
        return self._add(DeliveryKind.RESPOND, arguments, person=user, conversation=f"url:{place}")

    def publish_home(self, user: str, view: Mapping[str, Any]) -> None:
        """Show `view` as the person's App Home. Of several waiting views only the last is sent."""
        conversation = f"home:{user}"
        waiting = (DeliveryRow.conversation == conversation) & DeliveryRow.is_kind(DeliveryKind.HOME)
        if not self._replace(waiting, {"view": dict(view)}):
            self._add(DeliveryKind.HOME, {"view": dict(view)}, channel=user, person=user, conversation=conversation)

    def _hold_back(self, channel: str | None, target: str | None) -> dict[str, Any]:
        """The columns of a delivery that is held back; none if it may be sent."""
        if channel and find_erased_name(channel):
            return _settle_unsent(PERSON_ERASED, self._now)
        of_target = select(DeliveryRow.channel, DeliveryRow.error).where(DeliveryRow.id == target)
        place, error = (self._session.execute(of_target).first() or (None, None)) if target else (None, None)
        if error != HELD_BACK and not any(map(self._is_held, filter(None, (channel, place)))):
            return {}
        return _settle_unsent(HELD_BACK, self._now)

    def _replace(self, which: ColumnElement[bool], arguments: dict[str, Any]) -> bool:
        """Change a waiting delivery. One that is being sent stays as it is; the caller then adds another behind it."""
        # `status` makes this safe beside a claim: the claim locks the row, so either this change is part of what is
        # sent, or the row is leased by now and nothing here matches.
        waiting = which & (DeliveryRow.status == "waiting") & DeliveryRow.due_at.is_not(None)
        changed = self._session.execute(
            update(DeliveryRow).where(waiting).values(arguments=arguments, arrival=self._arrival),
            execution_options={"synchronize_session": False},
        )
        return count_changed_rows(changed) > 0

    def _add(self, kind: DeliveryKind, arguments: dict[str, Any], **columns: Any) -> str:
        # Two processes, or two attempts at the same arrival, may ask for a post with the same key. The unique key lets
        # one row in, and both get its id.
        row = build_delivery_row(kind, arguments, self._now, arrival=self._arrival, **columns)
        if row["key"]:
            row |= self._identify(row["key"])
        if not insert_new_rows(self._session, DeliveryRow, [row]):
            present = self._session.scalar(select(DeliveryRow.id).where(DeliveryRow.key == row["key"]))
            if present is not None:
                return present
            # Only the id is taken: its delivery was for somebody who was erased since, and has another key now.
            row |= {"id": uuid.uuid4().hex}
            insert_new_rows(self._session, DeliveryRow, [row])
        return str(row["id"])

    def _identify(self, key: str) -> dict[str, Any]:
        """The columns of a delivery with a key: its id and, in a restored database, that it may have been sent."""
        # The id is in Slack with the message, so it has to be the same if the database is restored and this is asked
        # for again.
        attempted = {"attempts": 1, "first_attempt_at": self._now}
        is_restored = find_search_start(self._session, self._now) is not None
        return {"id": uuid.uuid5(_KEYS, key).hex} | (attempted if is_restored else {})


def _settle_unsent(error: str, now: datetime) -> dict[str, Any]:
    return {"status": "dead", "error": error, "due_at": None, "done_at": now, "told_at": now}


def build_delivery_row(kind: DeliveryKind, arguments: dict[str, Any], now: datetime, **columns: Any) -> dict[str, Any]:
    """The row of a waiting delivery, by column."""
    return {
        "id": uuid.uuid4().hex,
        "key": None,
        "method": kind,
        "channel": None,
        "person": None,
        "target": None,
        "conversation": None,
        "arguments": arguments,
        "lane": PROMPT,
        "status": "waiting",
        "created_at": now,
        "due_at": now,
        "holds": True,
        "attempts": 0,
    } | columns
