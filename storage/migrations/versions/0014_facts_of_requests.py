"""The facts of requests that figures count, and indexes for what is looked up often."""

import sqlalchemy as sa
from alembic import op

from storage.tables.base import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("valid_from", UtcDateTime(timezone=True), nullable=False),
        sa.Column("valid_until", UtcDateTime(timezone=True), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("is_met", sa.Boolean(), nullable=True),
        sa.Column("by_pmo", sa.Integer(), nullable=True),
        sa.Column("by_requester", sa.Integer(), nullable=True),
        sa.Column("by_approver", sa.Integer(), nullable=True),
        sa.Column("on_hold", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["requests.number"], name=op.f("fk_request_facts_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_facts")),
    )
    with op.batch_alter_table("request_facts", schema=None) as batch_op:
        batch_op.create_index("ix_request_facts_kind_at", ["kind", "at"], unique=False)
        batch_op.create_index("ix_request_facts_kind_valid_until", ["kind", "valid_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_facts_number"), ["number"], unique=False)

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_posted_ts", ["posted_ts"], unique=False)

    with op.batch_alter_table("forwards", schema=None) as batch_op:
        batch_op.create_index("ix_forwards_answered_by_forwarded_by", ["answered_by", "forwarded_by"], unique=False)

    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_questions_asked_by"))
        batch_op.create_index("ix_questions_asked_by_asked_at", ["asked_by", "asked_at"], unique=False)

    with op.batch_alter_table("request_cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_cards_delivery"), ["delivery"], unique=False)

    with op.batch_alter_table("request_log", schema=None) as batch_op:
        batch_op.create_index("ix_request_log_after_at", ["after", "at", "number", "before"], unique=False)
        batch_op.create_index("ix_request_log_verb_at", ["verb", "at", "number", "version"], unique=False)

    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("figures_version", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(
            "ix_requests_uncounted",
            ["number"],
            unique=False,
            sqlite_where=sa.text("figures_version <> version"),
            postgresql_where=sa.text("figures_version <> version"),
        )


def downgrade() -> None:
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_requests_uncounted",
            sqlite_where=sa.text("figures_version <> version"),
            postgresql_where=sa.text("figures_version <> version"),
        )
        batch_op.drop_column("figures_version")

    with op.batch_alter_table("request_log", schema=None) as batch_op:
        batch_op.drop_index("ix_request_log_verb_at")
        batch_op.drop_index("ix_request_log_after_at")

    with op.batch_alter_table("request_cards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_cards_delivery"))

    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index("ix_questions_asked_by_asked_at")
        batch_op.create_index(batch_op.f("ix_questions_asked_by"), ["asked_by"], unique=False)

    with op.batch_alter_table("forwards", schema=None) as batch_op:
        batch_op.drop_index("ix_forwards_answered_by_forwarded_by")

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_deliveries_posted_ts")

    with op.batch_alter_table("request_facts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_facts_number"))
        batch_op.drop_index("ix_request_facts_kind_valid_until")
        batch_op.drop_index("ix_request_facts_kind_at")

    op.drop_table("request_facts")
