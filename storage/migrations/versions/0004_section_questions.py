"""A page's questions belong to its sections."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    # A process of the earlier version still reads and writes the list of questions, which stays as it is.
    op.add_column("pages", sa.Column("headings", Json, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("pages", "headings")
