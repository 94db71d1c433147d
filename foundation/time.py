"""Moments are aware datetimes in UTC. Other zones exist only where a person or a calendar needs them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from foundation.errors import UserError


def to_utc(moment: datetime) -> datetime:
    """The same instant in UTC. A naive datetime is a defect of the caller and raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError("A datetime without a time zone was given.")
    return moment.astimezone(UTC)


def lies_ahead(moment: datetime | None, now: datetime, longest: timedelta) -> bool:
    """Whether a moment that was set at most `longest` ahead is still to come.

    One that is further away is left over from before the clock was set back, and is taken to have passed.
    """
    return moment is not None and now < moment <= now + longest


def find_zone(name: str) -> ZoneInfo:
    """The IANA zone of that name.

    Raises:
        UserError: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserError(f"“{name}” isn't a time zone. Use an IANA name such as Europe/London.") from None


def find_local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The day that it is in a zone. The day of a moment in UTC is another one for much of the world."""
    return to_utc(moment).astimezone(zone).date()


def resolve_wall_time(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, that a naive wall time means in a zone.

    When the clocks go forward, a time in the gap doesn't exist: it means the moment of the jump. When they go back, a
    time in the repeated hour exists twice: it means the first of the two. So the instants of a day never run backwards.
    """
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    # The time is in a gap. fold=0 reads it with the offset before the jump, which gives an instant after it; fold=1
    # with the offset after the jump, which gives an instant before it. So the jump is between the two.
    return _find_jump(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), instant, zone)


def _find_jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the offset changes, between an instant before the jump and one after it."""
    new_offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)
