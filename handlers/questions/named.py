"""Finding the objective, project or metric that a question names."""

import re

from strategy.records import Metric, Strategy, Subject
from strategy.search import find_matching_subjects, list_subjects

_AROUND = re.compile(r"\A(?:(?:the|our|my|project|objective) )+|(?: (?:project|objective|programme|program))+\Z")


def find_named_subject(seen: Strategy, name: str, *, is_certain: bool) -> Subject | None:
    """The one objective or project named: by its title or key, by two or more of its words, or, if the question can
    only ask for a status, by one word. `name` is in lower case."""
    bare = _AROUND.sub("", name)
    titles = {known.casefold() for subject, title in list_subjects(seen) for known in (title, subject.key)}
    if len(bare.split()) < 2 and not _is_enough(name, bare, titles, is_certain=is_certain):
        return None
    found = find_matching_subjects(seen, name if name in titles else bare)
    return found[0] if len(found) == 1 else None


def find_named_metric(seen: Strategy, name: str) -> Metric | None:
    """The one metric named: by its name or key, or by two or more of its words. `name` is in lower case."""
    bare = _AROUND.sub("", name)
    exact = [metric for metric in seen.metrics if bare in (metric.name.casefold(), metric.key)]
    words = set(bare.split())
    close = [metric for metric in seen.metrics if words <= set(metric.name.casefold().split())]
    found = exact or (close if len(bare.split()) > 1 else [])
    return found[0] if len(found) == 1 else None


def _is_enough(name: str, bare: str, titles: set[str], *, is_certain: bool) -> bool:
    """Whether a single word may name a subject: it is a whole title or key, or the question says what it is."""
    if name in titles or bare in titles:
        return True
    if bare != name and name.endswith((" project", " objective")):
        return True
    return is_certain and any(bare in re.findall(r"\w+", title) for title in titles)
