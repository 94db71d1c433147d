"""Questions that the PMO adds to sections of the handbook."""

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learned_questions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("page_id", sa.String(length=500), nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("learned_by", sa.String(length=40), nullable=False),
        sa.Column("learned_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.String(length=40), nullable=True),
        sa.Column("removed_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_questions")),
    )
    op.create_index("ix_learned_questions_removed_at_learned_at", "learned_questions", ["removed_at", "learned_at"])


def downgrade() -> None:
    op.drop_table("learned_questions")
