"""The last question of a thread is found at once."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = "ix_questions_channel_thread_ts"


def upgrade() -> None:
    op.create_index(NAME, "questions", ["channel", "thread_ts"])


def downgrade() -> None:
    op.drop_index(NAME, "questions")
