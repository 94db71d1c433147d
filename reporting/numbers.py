"""Numbers, dates and times as people read them."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

MINUS = "−"
PERCENT_UNITS = {"%", "per cent", "percent"}


def format_number(value: Decimal, places: int = 2) -> str:
    """45,200 · 54 · 0.25: at most `places` decimals, without trailing zeros."""
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{abs(rounded):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return (MINUS if rounded < 0 else "") + text


def format_quantity(value: Decimal, unit: str, places: int = 2) -> str:
    """A value with its unit: “54 Ml a day”, “77.3%”."""
    return format_number(value, places) + ("%" if unit in PERCENT_UNITS else f" {unit}")


def format_percent(fraction: Decimal) -> str:
    """.685 is 69%."""
    return f"{format_number(fraction * 100, 0)}%"


def format_change(now: Decimal | None, before: Decimal | None, unit: str = "", places: int = 2) -> str:
    """The change since the last digest: "+3", "−2 points", "unchanged"; empty where there is nothing to compare."""
    if now is None or before is None:
        return ""
    difference = (now - before).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if not difference:
        return "unchanged"
    sign = "+" if difference > 0 else ""
    return f"{sign}{format_number(difference, places)}{' ' + unit if unit else ''}"


def format_point_change(now: Decimal | None, before: Decimal | None) -> str:
    """The change of a fraction, in percentage points as they are shown."""
    if now is None or before is None:
        return ""
    return format_change(_to_whole_percent(now), _to_whole_percent(before), "points", 0)


def format_date(day: date) -> str:
    """A calendar day, which is the same for every reader: “14 September 2026”."""
    return f"{day:%-d %B %Y}"


def format_time(moment: datetime) -> str:
    """A moment as mrkdwn, shown by Slack in the reader's own time zone. Clients that can't do that show UTC."""
    fallback = f"{moment.astimezone(UTC):%-d %B %Y, %H:%M} UTC"
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback}>"


def format_days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _to_whole_percent(fraction: Decimal) -> Decimal:
    return (fraction * 100).quantize(Decimal(1), ROUND_HALF_UP)
