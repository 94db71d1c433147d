"""Whether a page is in force, as its front matter and its place say it in the usual site generators."""

import re
from collections.abc import Mapping
from datetime import date, datetime

_FOLDERS = re.compile(
    r"_includes|_include|_layouts|_layout|_partials|_partial|_snippets|_components|_macros|"
    r"_templates|_data|_sass|_site|_build|_book|archetypes"
)
_DRAFT_FOLDERS = ("_drafts", "_draft")
_PARTS = re.compile(r"_(?!index\b|readme\b)", re.IGNORECASE)
_UNPUBLISHED_IF_TRUE = re.compile(
    r"draft|drafts|is_draft|unlisted|hidden|private|archived|obsolete|deprecated|unpublished|exclude|"
    r"excluded|headless|noindex|exclude_from_search|search_exclude|searchexclude|no_search|nosearch|"
    r"disabled"
)
_UNPUBLISHED_IF_FALSE = re.compile(r"published|publish|public|visible|listed|search|searchable|enabled|permalink")
_STATES = re.compile(
    r"(draft|unpublished|hidden|private|archived?|obsolete|expired|retired|withdrawn|deprecated|superseded|rejected|proposed"
    r"|inactive|cancell?ed)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"expirydate|expiry_date|expires|expiry|expire|expiration|expirationdate|expiration_date|"
    r"expires_on|valid_until|validuntil|unpublishdate|unpublish_date"
)
_STARTS = re.compile(r"publishdate|publish_date|published_at|publish_on|pubdate|published|publish")
_DATED = re.compile(
    r"^[ \t]*[\"']?(?:expir|valid|unpublish|publish|pub)\w*[\"']?[ \t]*[:=]", re.MULTILINE | re.IGNORECASE
)


def find_unpublished_place(source: str) -> str | None:
    """Why a path can't be that of a published page."""
    *folders, name = source.split("/")
    for folder in folders:
        if folder.lower() in _DRAFT_FOLDERS:
            return f"It's in “{folder}”, so it's a draft."
        if _FOLDERS.fullmatch(folder.lower()):
            return f"It's in “{folder}”, so it's a part or a template of other pages."
    return "Its name starts with “_”, so it's a part of other pages." if _PARTS.match(name) else None


def find_unpublished_field(fields: Mapping[str, object], today: date | None) -> tuple[str, str] | None:
    """The field that says that the page isn't in force, and why; without `today`, dates don't count."""
    for name, value in fields.items():
        if reason := _explain_field(_normalise(name), value, today):
            return name, reason
    return None


def depends_on_day(front: str) -> bool:
    """Whether front matter may have a date from which, or until which, its page is in force."""
    return bool(_DATED.search(front))


def _explain_field(name: str, value: object, today: date | None) -> str | None:
    is_true, is_false = _UNPUBLISHED_IF_TRUE.fullmatch(name), _UNPUBLISHED_IF_FALSE.fullmatch(name)
    if (is_true and _is_true(value)) or (is_false and _is_false(value)):
        return "This says that the page isn't published."
    if name in ("status", "state") and isinstance(value, str) and (found := _STATES.match(value.strip())):
        return f"This says that the page isn't in force: {found[0].lower()}."
    if name in ("search", "build", "_build", "robots", "sitemap"):
        return _explain_settings(name, value)
    day = _read_day(value) if today else None
    if today and day and _ENDS.fullmatch(name) and day <= today:
        return f"The page was in force until {day.isoformat()}."
    if today and day and _STARTS.fullmatch(name) and day > today:
        return f"The page is in force from {day.isoformat()}."
    return None


def _explain_settings(name: str, value: object) -> str | None:
    """Settings with fields of their own: Material's `search: {exclude: true}`, Hugo's `build: {render: never}`."""
    settings = {_normalise(key): one for key, one in value.items()} if isinstance(value, Mapping) else {}
    hidden = _is_true(settings.get("exclude")) or str(settings.get("render", "")).lower() in ("never", "false")
    if (
        hidden
        or str(settings.get("list", "")).lower() == "never"
        or (name == "robots" and "noindex" in str(value).lower())
    ):
        return "This says that the page isn't published."
    return None


def _normalise(name: object) -> str:
    return str(name).strip().lower().replace("-", "_").replace(" ", "_")


def _is_true(value: object) -> bool:
    return str(value).strip().lower() in ("true", "yes", "on", "1")


def _is_false(value: object) -> bool:
    return str(value).strip().lower() in ("false", "no", "off", "never", "0")


def _read_day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = re.match(r"\d{4}-\d\d-\d\d", value.strip()) if isinstance(value, str) else None
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None
