"""Waiting deliveries are stored by what they are for, not by the Slack method that makes them."""

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
    # With several processes on PostgreSQL, those of the earlier version keep working until they are stopped. They claim
    # priorities 0 and 1 only, so a changed row never reaches a process that doesn't know its kind. What they hold right
    # now is left alone, because they may still need to read it, and so are settled posts, because they would delete
    # those of any other name when they prune. This version understands both names.
    _rename(KINDS, PRIORITIES, sa.column("status") == "waiting")


def downgrade() -> None:
    methods = {kind: method for method, kind in KINDS.items()}
    _rename(methods, {new: old for old, new in PRIORITIES.items()}, sa.true())


def _rename(methods: dict[str, str], priorities: dict[int, int], which: sa.ColumnElement[bool]) -> None:
    op.execute(
        sa.update(DELIVERIES)
        .where(which, DELIVERIES.c.method.in_(methods))
        .values(
            method=sa.case(methods, value=DELIVERIES.c.method, else_=DELIVERIES.c.method),
            lane=sa.case(priorities, value=DELIVERIES.c.lane, else_=DELIVERIES.c.lane),
        )
    )
