"""Deliveries are stored by what they are for, not by the Slack method that makes them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KINDS = {
    "chat.postMessage": "post",
    "chat.update": "edit",
    "chat.postEphemeral": "ephemeral",
    "response_url": "respond",
    "views.publish": "home",
    "strays": "remove_duplicates",
}
PRIORITIES = {0: 2, 1: 3}
DELIVERIES = sa.table(
    "deliveries", sa.column("method", sa.String), sa.column("lane", sa.Integer), sa.column("status", sa.String)
)


def upgrade() -> None:
    # With several processes on PostgreSQL, those of the earlier version go on working until they are stopped. They claim
    # priorities 0 and 1 only, so a changed row never reaches a process that doesn't know its kind. What such a process
    # holds right now is left alone: it may still need to read it. This version understands both.
    _rename(KINDS, PRIORITIES)


def downgrade() -> None:
    _rename({kind: method for method, kind in KINDS.items()}, {new: old for old, new in PRIORITIES.items()})


def _rename(methods: dict[str, str], priorities: dict[int, int]) -> None:
    free = DELIVERIES.c.status != "leased"
    op.execute(
        sa.update(DELIVERIES)
        .where(free, DELIVERIES.c.method.in_(methods))
        .values(
            method=sa.case(methods, value=DELIVERIES.c.method, else_=DELIVERIES.c.method),
            lane=sa.case(priorities, value=DELIVERIES.c.lane, else_=DELIVERIES.c.lane),
        )
    )
