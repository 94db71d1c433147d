"""Finds objectives and projects by what somebody typed."""

from collections.abc import Iterator

from strategy.records import Strategy, Subject, SubjectKind


def list_subjects(strategy: Strategy) -> Iterator[tuple[Subject, str]]:
    """All objectives, then all projects, each with its title."""
    for objective in strategy.objectives:
        yield Subject(SubjectKind.OBJECTIVE, objective.key), objective.title
    for project in strategy.projects:
        yield Subject(SubjectKind.PROJECT, project.key), project.name


def find_matching_subjects(strategy: Strategy, typed: str) -> tuple[Subject, ...]:
    """The subject with that key or title, else all that contain every word. `strategy` is cut to its reader."""
    wanted = typed.casefold().strip()
    found = [(subject, title.casefold()) for subject, title in list_subjects(strategy)]
    if exact := tuple(subject for subject, title in found if wanted in (subject.key, title)):
        return exact
    words = wanted.split()
    return tuple(subject for subject, title in found if all(word in f"{title} {subject.key}" for word in words))
