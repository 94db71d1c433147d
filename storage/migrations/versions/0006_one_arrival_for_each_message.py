"""One arrival for each message, however many events are about it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INDEX = "ix_arrivals_message"


def upgrade() -> None:
    op.add_column("arrivals", sa.Column("message", sa.String(length=80), nullable=True))
    op.create_index(INDEX, "arrivals", ["message"], unique=True)


def downgrade() -> None:
    op.drop_index(INDEX, "arrivals")
    op.drop_column("arrivals", "message")
