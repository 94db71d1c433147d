"""Time inside the house is an aware datetime in UTC; other zones exist only where a person or a calendar needs them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from foundation.errors import UserError


def utc(moment: datetime) -> datetime:
    """The same instant in UTC. A naive datetime is a defect of the caller and raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError("A datetime without a time zone was given.")
    return moment.astimezone(UTC)


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name.

    Raises:
        UserError: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserError(f"“{name}” is not a time zone. Use an IANA name such as Europe/London.") from None
