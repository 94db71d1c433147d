"""Whose data was erased, for the numbers in pseudonyms."""

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("started_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_erasures")),
        sa.UniqueConstraint("person", name=op.f("uq_erasures_person")),
    )


def downgrade() -> None:
    op.drop_table("erasures")
