"""Finds objectives and projects by what somebody typed."""

from strategy.records import Strategy, Subject


def find_matching_subjects(strategy: Strategy, typed: str) -> tuple[Subject, ...]:
    """The subject with that key or title, else all that contain every word. `strategy` is cut to its reader."""
    wanted = typed.casefold().strip()
    found = [(subject, title.casefold()) for subject, title in strategy.titles.items()]
    if exact := tuple(subject for subject, title in found if wanted in (subject.key, title)):
        return exact
    words = wanted.split()
    return tuple(subject for subject, title in found if all(word in f"{title} {subject.key}" for word in words))
