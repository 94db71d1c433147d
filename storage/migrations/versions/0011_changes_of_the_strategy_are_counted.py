"""Changes of the strategy are counted, and its plan is stored as it was read."""

import sqlalchemy as sa
from alembic import op

from storage.tables.base import Json

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "strategy_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_changes")),
    )
    with op.batch_alter_table("measurements", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
            )
        )
        batch_op.create_index(batch_op.f("ix_measurements_sequence"), ["sequence"], unique=False)

    with op.batch_alter_table("strategies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("plan", Json, nullable=True))

    with op.batch_alter_table("updates", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
            )
        )
        batch_op.create_index(batch_op.f("ix_updates_sequence"), ["sequence"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("updates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_updates_sequence"))
        batch_op.drop_column("sequence")

    with op.batch_alter_table("strategies", schema=None) as batch_op:
        batch_op.drop_column("plan")

    with op.batch_alter_table("measurements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measurements_sequence"))
        batch_op.drop_column("sequence")

    op.drop_table("strategy_changes")
