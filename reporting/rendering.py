"""Text from the Jinja macros in `templates/`.

Every value that a macro prints goes through `reporting.text.escape` unless it is `Markup` already, and a missing name
is an error. So a template can't forget to make harmless what people wrote.
"""

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from foundation.people import People, find_erased_name
from reporting.numbers import format_date, format_days, format_number, format_percent, format_quantity, format_time
from reporting.text import escape, fit_one_line
from strategy.records import Rag

USER_ID = re.compile(r"[UW][A-Z0-9]{1,20}")
EMOJI = {
    Rag.GREEN: ":large_green_circle:",
    Rag.AMBER: ":large_yellow_circle:",
    Rag.RED: ":red_circle:",
    Rag.UNKNOWN: ":white_circle:",
}


def render_line(template: str, macro: str, **data: object) -> str:
    """One line of mrkdwn from `macro` of `templates/<template>.j2`."""
    return " ".join(render_lines(template, macro, **data).split())


def render_lines(template: str, macro: str, **data: object) -> str:
    """Several lines of mrkdwn, without blank lines at either end."""
    return str(getattr(_create_environment().get_template(f"{template}.j2").module, macro)(**data)).strip()


def format_person(people: People, user_id: str) -> str:
    """Somebody by name, or by mention when the directory doesn't list them."""
    if user_id not in people and USER_ID.fullmatch(user_id) and not find_erased_name(user_id):
        return Markup(f"<@{user_id}>")  # noqa: S704 (the pattern above leaves nothing to escape)
    return people.get(user_id).name


def format_status_emoji(colour: Rag) -> Markup:
    """The coloured emoji of a status. Its name always follows, because not everybody can tell colours apart."""
    return Markup(EMOJI[colour])  # noqa: S704 (our own constant)


@lru_cache(maxsize=1)
def _create_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        finalize=_make_harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "emoji": format_status_emoji,
        "number": format_number,
        "percent": format_percent,
        "quantity": format_quantity,
        "date": format_date,
        "days": format_days,
        "time": _render_time,
        "short": fit_one_line,
    }
    return environment


def _render_time(moment: datetime) -> Markup:
    return Markup(format_time(moment))  # noqa: S704 (Slack's own date markup, from a datetime)


def _make_harmless(value: Any) -> Markup:
    # Jinja calls this before its own escaping, which is for HTML and leaves Markup untouched.
    return value if isinstance(value, Markup) else Markup(escape(str(value)))  # noqa: S704
