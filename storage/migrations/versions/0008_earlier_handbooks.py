"""Handbooks as they were imported, so that an earlier one can be put back."""

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_handbooks",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("imported_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_kept_handbooks")),
    )
    with op.batch_alter_table("handbook", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kept_number", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("handbook", schema=None) as batch_op:
        batch_op.drop_column("kept_number")
    op.drop_table("kept_handbooks")
