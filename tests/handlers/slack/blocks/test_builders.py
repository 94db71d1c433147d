"""Messages and views stay inside Slack's limits."""

from datetime import UTC, date, datetime, timedelta, timezone

from handlers.slack.blocks.builders import build_message, format_date, format_time, section, shorten
from handlers.slack.blocks.rich_text import quote_text, rich_text
from tests.workspace.filling import read_text
from workspace.checks import check_message


def test_time_is_shown_in_the_readers_zone() -> None:
    moment = datetime(2026, 9, 14, 11, tzinfo=timezone(timedelta(hours=2)))
    shown = f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|14 September 2026, 09:00 UTC>"
    assert format_time(moment) == format_time(moment.astimezone(UTC)) == shown


def test_date_has_day_month_and_year() -> None:
    assert format_date(date(2026, 9, 4)) == "4 September 2026"


def test_shortened_text_never_ends_in_half_an_entity() -> None:
    assert shorten("abcdef", 4) == "abc…"
    for length in range(3890, 3910):
        end = build_message("x" * length + "&amp;" * 10)["text"].lstrip("x")
        assert end.replace("&amp;", "") == "…"
        end = build_message("x" * length + "<@U01ADA> asks")["text"].lstrip("x")
        assert end in ("…", "<@U01ADA>…") or end.startswith("<@U01ADA> ")


def test_long_list_keeps_every_row_and_shortens_the_longest() -> None:
    rows = [section(f"*PMO-{number}* {'&amp;' * 150}") for number in range(20)]
    built = build_message("Twenty requests", [section("*Waiting for triage*"), *rows, section("*In work*")])
    assert check_message(built) == []
    texts = [block["text"]["text"] for block in built["blocks"]]
    assert [texts[0], texts[-1]] == ["*Waiting for triage*", "*In work*"]
    assert all(f"*PMO-{number}* &amp;&amp;" in texts[number + 1] for number in range(20))


def test_rich_text_leaves_less_room_for_the_rest() -> None:
    built = build_message(
        "x",
        [
            rich_text(quote_text("y" * 3000)),
            rich_text(quote_text("y" * 3000)),
            *(section("x" * 2900) for _ in range(4)),
        ],
    )
    assert check_message(built) == []
    assert read_text(built["blocks"][0]) == "y" * 3000


def test_message_that_fits_stays_unchanged() -> None:
    rows = [section("x" * 450) for _ in range(22)]
    assert build_message("x", rows)["blocks"] == [section("x" * 450) for _ in range(22)]
