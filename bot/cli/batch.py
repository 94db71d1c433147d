"""`pmo ask --batch`: many questions at once, answered as direct messages are."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bot.batch.conversation import hold_conversation
from bot.batch.data_copy import open_copy
from bot.batch.rows import read_batch
from bot.composition import utc_now
from bot.organisation import SAMPLE, read_organisation
from bot.progress import show_progress
from bot.settings import read_settings
from foundation.errors import UserError


def answer_batch(file: Path, now: str, write: Callable[[str], None]) -> None:
    """Give `write` a line of JSON for each row of the file, in order, as soon as the row is answered.

    Raises:
        UserError: a row or `now` is invalid, or the installation can't be used. Nothing has been asked then.
    """
    moment, settings = _read_moment(now), read_settings()
    with show_progress("Reading the questions"):
        organisation = read_organisation(settings.organisation or SAMPLE)
        rows = read_batch(file, organisation.people)
    with open_copy(settings, organisation, lambda: moment) as ctx, show_progress("Asking the questions") as advance:
        for number, (row, asker) in enumerate(rows, start=1):
            result = hold_conversation(ctx, number, row, asker)
            write(json.dumps(asdict(result), ensure_ascii=False))
            advance(number, len(rows))


def _read_moment(text: str) -> datetime:
    """A moment in ISO 8601, in UTC unless it says otherwise; by default the present."""
    if not text:
        return utc_now()
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UserError(f"--now: “{text}” isn't a moment. Write it as 2026-11-30T09:00:00+00:00.") from None
