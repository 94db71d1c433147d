"""App Homes are built after the change that they show."""

import sqlalchemy as sa
from alembic import op

from storage.tables.base import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("homes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_at", UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_homes_due_at"), ["due_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("homes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_homes_due_at"))
        batch_op.drop_column("due_at")
