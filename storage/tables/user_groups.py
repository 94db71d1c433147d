"""Slack user groups that give roles, and their members as Slack last listed them."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class UserGroupRow(Base):
    """A group. `version` grows with every change of its members, so that each process sees it.

    `problem` says why Slack's latest answer wasn't taken, or not as it was; empty if nothing is wrong.
    """

    __tablename__ = "user_groups"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime]  # when Slack is asked again
    version: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(60), default="")
    refreshed_at: Mapped[datetime | None]


class UserGroupMemberRow(Base):
    """A member of a group, whoever they are."""

    __tablename__ = "user_group_members"

    group: Mapped[str] = mapped_column("group_id", String(40), primary_key=True)
    person: Mapped[str] = mapped_column("user_id", String(40), primary_key=True, index=True)


class UserGroupPersonRow(Base):
    """Who a member is by Slack's users.info. Only colleagues, and no guests or bots, get roles."""

    __tablename__ = "user_group_people"

    person: Mapped[str] = mapped_column("user_id", String(40), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    is_colleague: Mapped[bool]
    looked_up_at: Mapped[datetime]
