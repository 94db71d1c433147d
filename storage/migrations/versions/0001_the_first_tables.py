"""The first tables."""

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "arrivals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("route", sa.String(length=300), nullable=False),
        sa.Column("payload", storage.tables.base.Json, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("received_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("done_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
        sa.UniqueConstraint("key", name=op.f("uq_arrivals_key")),
    )
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.create_index("ix_arrivals_done_at", ["done_at"], unique=False)
        batch_op.create_index("ix_arrivals_due_at_id", ["due_at", "id"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=True),
        sa.Column("person", sa.String(length=40), nullable=True),
        sa.Column("target", sa.String(length=32), nullable=True),
        sa.Column("conversation", sa.String(length=120), nullable=True),
        sa.Column("arguments", storage.tables.base.Json, nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("created_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("slot_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_attempt_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("done_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("told_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("posted_channel", sa.String(length=40), nullable=True),
        sa.Column("posted_ts", sa.String(length=32), nullable=True),
        sa.Column("emptied", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("id", name=op.f("uq_deliveries_id")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_conversation_number",
            ["conversation", "number"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index("ix_deliveries_lane_due_at_number", ["lane", "due_at", "number"], unique=False)
        batch_op.create_index("ix_deliveries_status_done_at", ["status", "done_at"], unique=False)
        batch_op.create_index("ix_deliveries_target", ["target"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("given_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("question", "person", name=op.f("pk_feedback")),
    )
    op.create_table(
        "forwards",
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("forwarded_by", sa.String(length=40), nullable=False),
        sa.Column("forwarded_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("card", sa.String(length=32), nullable=False),
        sa.Column("answered_by", sa.String(length=40), nullable=True),
        sa.Column("answered_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("question", name=op.f("pk_forwards")),
    )
    op.create_table(
        "handbook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("imported_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handbook")),
    )
    op.create_table(
        "homes",
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("opened_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_homes")),
    )
    op.create_table(
        "measurements",
        sa.Column("metric", sa.String(length=60), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("metric", "measured_on", "revision", name=op.f("pk_measurements")),
    )
    op.create_table(
        "paces",
        sa.Column("scope", sa.String(length=100), nullable=False),
        sa.Column("free_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("taken", storage.tables.base.Json, nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_paces")),
    )
    op.create_table(
        "pages",
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("id", sa.String(length=500), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.String(length=40), nullable=False),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.Column("services", storage.tables.base.Json, nullable=False),
        sa.Column("questions", storage.tables.base.Json, nullable=False),
        sa.Column("related", storage.tables.base.Json, nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_pages")),
        sa.UniqueConstraint("id", name=op.f("uq_pages_id")),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("asked_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("thread_ts", sa.String(length=32), nullable=True),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("gist", sa.String(length=255), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("answer", storage.tables.base.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questions_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index("ix_questions_status_asked_at", ["status", "asked_at"], unique=False)

    op.create_table(
        "request_desk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("counted_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_desk")),
    )
    op.create_table(
        "requests",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=False),
        sa.Column("requester", sa.String(length=40), nullable=False),
        sa.Column("created_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("record", storage.tables.base.Json, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_requests")),
        sa.UniqueConstraint("key", name=op.f("uq_requests_key")),
    )
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.create_index(
            "ix_requests_due_at",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index("ix_requests_requester_number", ["requester", "number"], unique=False)
        batch_op.create_index("ix_requests_state_number", ["state", "number"], unique=False)

    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("schedule", sa.String(length=100), nullable=False),
        sa.Column("slot", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("fired_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("delivery", sa.String(length=32), nullable=True),
        sa.Column("snapshot", storage.tables.base.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("schedule", "slot", name=op.f("uq_runs_schedule_slot")),
    )
    op.create_table(
        "schedules",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("next_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_slot", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedules")),
    )
    with op.batch_alter_table("schedules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schedules_next_at"), ["next_at"], unique=False)

    op.create_table(
        "stories",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("created_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("record", storage.tables.base.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
    )
    with op.batch_alter_table("stories", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stories_author"), ["author"], unique=False)
        batch_op.create_index(batch_op.f("ix_stories_published_at"), ["published_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_stories_state"), ["state"], unique=False)

    op.create_table(
        "strategies",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("origin", sa.String(length=500), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("imported_at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_strategies")),
    )
    op.create_table(
        "update_posts",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("slot", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("delivery", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", "slot", "place", name=op.f("pk_update_posts")),
    )
    op.create_table(
        "updates",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("slot", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("rag", sa.String(length=10), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("achieved", sa.Text(), nullable=False),
        sa.Column("next_steps", sa.Text(), nullable=False),
        sa.Column("blocker", sa.Text(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=40), nullable=True),
        sa.Column("acknowledged_at", storage.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", "subject", "slot", "revision", name=op.f("pk_updates")),
    )
    with op.batch_alter_table("updates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_updates_at"), ["at"], unique=False)

    op.create_table(
        "vectors",
        sa.Column("encoder", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("encoder", "digest", name=op.f("pk_vectors")),
    )
    op.create_table(
        "ratings",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["requests.number"], name=op.f("fk_ratings_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ratings")),
    )
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ratings_at"), ["at"], unique=False)

    op.create_table(
        "request_cards",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("delivery", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["requests.number"], name=op.f("fk_request_cards_number")),
        sa.PrimaryKeyConstraint("number", "place", name=op.f("pk_request_cards")),
    )
    with op.batch_alter_table("request_cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_cards_place"), ["place"], unique=False)

    op.create_table(
        "request_log",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=True),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("data", storage.tables.base.Json, nullable=False),
        sa.ForeignKeyConstraint(["number"], ["requests.number"], name=op.f("fk_request_log_number")),
        sa.PrimaryKeyConstraint("number", "version", name=op.f("pk_request_log")),
    )
    with op.batch_alter_table("request_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_log_at"), ["at"], unique=False)

    op.create_table(
        "request_notices",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.String(length=20), nullable=False),
        sa.Column("at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["requests.number"], name=op.f("fk_request_notices_number")),
        sa.PrimaryKeyConstraint("number", "subject", "mark", name=op.f("pk_request_notices")),
    )
    op.create_table(
        "story_cards",
        sa.Column("story", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("delivery", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name=op.f("fk_story_cards_story")),
        sa.PrimaryKeyConstraint("story", "place", name=op.f("pk_story_cards")),
    )
    op.create_table(
        "story_log",
        sa.Column("story", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", storage.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=False),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name=op.f("fk_story_log_story")),
        sa.PrimaryKeyConstraint("story", "version", name=op.f("pk_story_log")),
    )


def downgrade() -> None:
    op.drop_table("story_log")
    op.drop_table("story_cards")
    op.drop_table("request_notices")
    with op.batch_alter_table("request_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_log_at"))

    op.drop_table("request_log")
    with op.batch_alter_table("request_cards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_cards_place"))

    op.drop_table("request_cards")
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ratings_at"))

    op.drop_table("ratings")
    op.drop_table("vectors")
    with op.batch_alter_table("updates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_updates_at"))

    op.drop_table("updates")
    op.drop_table("update_posts")
    op.drop_table("strategies")
    with op.batch_alter_table("stories", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stories_state"))
        batch_op.drop_index(batch_op.f("ix_stories_published_at"))
        batch_op.drop_index(batch_op.f("ix_stories_author"))

    op.drop_table("stories")
    with op.batch_alter_table("schedules", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schedules_next_at"))

    op.drop_table("schedules")
    op.drop_table("runs")
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index("ix_requests_state_number")
        batch_op.drop_index("ix_requests_requester_number")
        batch_op.drop_index(
            "ix_requests_due_at",
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )

    op.drop_table("requests")
    op.drop_table("request_desk")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index("ix_questions_status_asked_at")
        batch_op.drop_index(batch_op.f("ix_questions_asked_by"))

    op.drop_table("questions")
    op.drop_table("pages")
    op.drop_table("paces")
    op.drop_table("measurements")
    op.drop_table("homes")
    op.drop_table("handbook")
    op.drop_table("forwards")
    op.drop_table("feedback")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_deliveries_target")
        batch_op.drop_index("ix_deliveries_status_done_at")
        batch_op.drop_index("ix_deliveries_lane_due_at_number")
        batch_op.drop_index(
            "ix_deliveries_conversation_number",
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )

    op.drop_table("deliveries")
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.drop_index("ix_arrivals_due_at_id")
        batch_op.drop_index("ix_arrivals_done_at")

    op.drop_table("arrivals")
