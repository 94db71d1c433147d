"""Whom a strategy names, in its records and in its file."""

from collections.abc import Collection, Iterator

from foundation.files import FileProblem, find_line, parse_yaml
from strategy.file_models import StrategyFile
from strategy.records import Strategy

_FIELDS = {"owner", "reviewer", "sponsor", "approved_by", "author"}
Path = tuple[str | int, ...]


def list_named_people(strategy: Strategy) -> frozenset[str]:
    """The Slack user ids of everybody who owns, reviews, sponsors, approves, measures or views something."""
    found: set[str | None] = {one.author for measured in strategy.history.values() for one in measured}
    found |= {one.approved_by for one in strategy.contributions}
    found |= {metric.owner for metric in strategy.metrics}
    for objective in strategy.objectives:
        found |= {objective.owner, objective.reviewer, *objective.viewers.people}
    for project in strategy.projects:
        found |= {project.owner, project.sponsor, *project.viewers.people}
    return frozenset(one for one in found if one)


def find_unknown_people(text: str, name: str, known: Collection[str]) -> list[FileProblem]:
    """A problem for everybody in the text of a strategy file who isn't known, at the first line that names them."""
    places: dict[str, list[Path]] = {}
    for path, person in _walk(parse_yaml(text, StrategyFile, name=name).model_dump(exclude_unset=True), ()):
        if person not in known:
            places.setdefault(person, []).append(path)
    return [_describe(text, name, person, paths) for person, paths in places.items()]


def _describe(text: str, name: str, person: str, paths: list[Path]) -> FileProblem:
    more = f" The same in {len(paths) - 1} more places." if len(paths) > 2 else ""
    more = " The same in 1 more place." if len(paths) == 2 else more
    message = f"The organisation file doesn't list {person}. Correct the ID, or add the person there.{more}"
    return FileProblem(name, find_line(text, paths[0]), ".".join(map(str, paths[0])), message)


def _walk(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Every path that names a person, with the person."""
    if isinstance(value, str) and path and (path[-1] in _FIELDS or path[-3:-1] == ("viewers", "people")):
        yield path, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    for part, inner in parts:
        yield from _walk(inner, (*path, part))
