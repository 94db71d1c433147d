"""What is to be said in Slack: written with the change that asks for it, sent later, each exactly once.

`Outbox` writes inside the caller's transaction; storage.engine.deliveries is what the sender works with.
"""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from storage.engine.inbox import count_changed_rows
from storage.tables.engine import DeliveryRow
from storage.upsert import insert_new_rows

POST = "chat.postMessage"
UPDATE = "chat.update"
WHISPER = "chat.postEphemeral"
RESPOND = "response_url"
HOME = "views.publish"
STRAYS = "strays"  # looks for second messages of its target and deletes them; see storage.engine.duplicates


class Outbox:
    """Asks for calls to Slack within a transaction. Nothing is sent unless that transaction commits.

    What goes to one place goes in the order in which it was asked for: posts of a channel, of a thread, of a person's
    direct messages; edits of one message.
    """

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def post(
        self,
        channel: str,
        message: Mapping[str, Any],
        *,
        thread_ts: str | None = None,
        key: str | None = None,
        bulk: bool = False,
        follows: str | None = None,
    ) -> str:
        """Post `message` ({text, blocks}) to a channel or, given a user's id, to their direct messages.

        `key` makes it unique for ever; `bulk` lets what people wait for go first; `follows` puts it in the thread of
        another delivery. Returns the delivery's id, which later edits name.
        """
        arguments = dict(message) | ({"thread_ts": thread_ts} if thread_ts else {})
        queue = "many:" if bulk else ""
        return self._add(
            POST,
            arguments,
            channel=channel,
            key=key,
            lane=int(bulk),
            target=follows,
            conversation=f"{queue}{channel}:{follows or thread_ts or ''}",
        )

    def edit(self, delivery: str, message: Mapping[str, Any]) -> None:
        """Make the message of an earlier delivery look like `message`. Of several edits only the last is sent."""
        waiting = (DeliveryRow.target == delivery) & (DeliveryRow.kind == UPDATE)
        if not self._replace(waiting, dict(message)):
            self._add(UPDATE, dict(message), target=delivery, conversation=f"edit:{delivery}")

    def post_ephemeral(
        self, channel: str, user: str, message: Mapping[str, Any], *, thread_ts: str | None = None
    ) -> str:
        """Show `message` to one person only, where they are; if Slack cannot, they get it as a direct message."""
        arguments = dict(message) | {"user": user} | ({"thread_ts": thread_ts} if thread_ts else {})
        return self._add(WHISPER, arguments, channel=channel, person=user, conversation=f"only:{user}:{channel}")

    def reply_to_url(self, response_url: str, message: Mapping[str, Any], *, user: str | None = None) -> str:
        """Answer where a command was typed or a button clicked.

        A `response_url` lives for 30 minutes and five uses; after that `user` gets the words as a direct message.
        """
        arguments = dict(message) | {"response_url": response_url}
        place = hashlib.sha256(response_url.encode()).hexdigest()[:32]
        return self._add(RESPOND, arguments, person=user, conversation=f"url:{place}")

    def publish_home(self, user: str, view: Mapping[str, Any]) -> None:
        """Show `view` as the person's App Home. Of several waiting only the last is sent."""
        waiting = (DeliveryRow.conversation == f"home:{user}") & (DeliveryRow.kind == HOME)
        if not self._replace(waiting, {"view": dict(view)}):
            self._add(HOME, {"view": dict(view)}, channel=user, person=user, conversation=f"home:{user}")

    def _replace(self, which: ColumnElement[bool], arguments: dict[str, Any]) -> bool:
        """Change what still waits. One that is being sent stays as it is, and the caller adds another behind it."""
        waiting = which & (DeliveryRow.status == "waiting") & DeliveryRow.due_at.is_not(None)
        changed = self._session.execute(
            update(DeliveryRow).where(waiting).values(arguments=arguments),
            execution_options={"synchronize_session": False},
        )
        return count_changed_rows(changed) > 0

    def _add(self, method: str, arguments: dict[str, Any], **columns: Any) -> str:
        row = build_delivery_row(method, arguments, self._now, **columns)
        if not insert_new_rows(self._session, DeliveryRow, [row]):
            return str(self._session.scalars(select(DeliveryRow.id).where(DeliveryRow.key == row["key"])).one())
        return str(row["id"])


def build_delivery_row(method: str, arguments: dict[str, Any], now: datetime, **columns: Any) -> dict[str, Any]:
    """The row of a delivery that waits."""
    return {
        "id": uuid.uuid4().hex,
        "key": None,
        "method": method,
        "channel": None,
        "person": None,
        "target": None,
        "conversation": None,
        "arguments": arguments,
        "lane": 0,
        "status": "waiting",
        "created_at": now,
        "due_at": now,
        "holds": True,
        "attempts": 0,
    } | columns
