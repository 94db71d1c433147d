"""The handbook as imported. The database has the current pages; every process builds its index from them."""

from datetime import date, datetime

from sqlalchemy import Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class PageRow(Base):
    """One page of the current handbook."""

    __tablename__ = "pages"

    source: Mapped[str] = mapped_column(String(500), primary_key=True)
    id: Mapped[str] = mapped_column(String(500), unique=True)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    first_line: Mapped[int]
    owner: Mapped[str] = mapped_column(String(40))
    edition: Mapped[str] = mapped_column(String(40))
    effective: Mapped[date | None] = mapped_column(Date)
    services: Mapped[list[str]]
    questions: Mapped[list[str]]
    headings: Mapped[list[str]] = mapped_column(server_default="[]")  # of the section that answers each question
    related: Mapped[list[str]]
    digest: Mapped[str] = mapped_column(String(80))


class HandbookRow(Base):
    """Which handbook is current: one row. `version` counts the imports, so that every process notices a change."""

    __tablename__ = "handbook"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    origin: Mapped[str] = mapped_column(Text)  # “shipped”, or the folder it was imported from
    imported_at: Mapped[datetime]
    kept_number: Mapped[int] = mapped_column(server_default="0")  # of the row below; 0 if it isn't kept


class KeptHandbookRow(Base):
    """One import, packed, so that it can be put back."""

    __tablename__ = "kept_handbooks"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(Text)
    imported_at: Mapped[datetime]
    pages: Mapped[int]
    content: Mapped[bytes]


class VectorRow(Base):
    """The vector of a text, by encoder and the text's digest, so that no text is encoded twice."""

    __tablename__ = "vectors"

    encoder: Mapped[str] = mapped_column(String(80), primary_key=True)
    digest: Mapped[str] = mapped_column(String(80), primary_key=True)
    vector: Mapped[bytes]
