"""What the search fields of forms offer: projects and objectives that the person may see."""

from foundation.people import Person
from handlers.house import House

NOT_LISTED = ("not-listed", "Not listed")


def projects(house: House, person: Person, typed: str) -> list[tuple[str, str]]:
    """Keys and names of projects that fit what was typed; “Not listed” is always there."""
    return [NOT_LISTED]


def objectives(house: House, person: Person, typed: str) -> list[tuple[str, str]]:
    """Keys and names of objectives that fit what was typed."""
    return [("none", "None that I know of")]
