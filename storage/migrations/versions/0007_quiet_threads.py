"""Remembers in which threads somebody told the bot to stop."""

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quiet_threads",
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("thread_ts", sa.String(length=32), nullable=False),
        sa.Column("stopped_by", sa.String(length=40), nullable=False),
        sa.Column("stopped_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "thread_ts", name=op.f("pk_quiet_threads")),
    )


def downgrade() -> None:
    op.drop_table("quiet_threads")
