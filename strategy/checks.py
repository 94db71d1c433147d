"""What a strategy file must satisfy beyond its shape: SMART, weights, references, dates. Each check yields findings."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from foundation.errors import InvalidInput
from strategy.file_models import MetricEntry, ObjectiveEntry, ProjectEntry, RangeEntry, ScheduleEntry, StrategyFile
from strategy.records import MetricKind, Mode, Visibility
from strategy.schedules import Schedule, check_schedule

WEIGHT_TOLERANCE = Decimal("0.001")
STRENGTHS = (Decimal(0), Decimal("0.5"), Decimal(1))
# Verbs for what somebody does. An objective says what will be true instead.
ACTIVITY = re.compile(
    r"(build|complete|conduct|create|deliver|develop|do|establish|execute|hold|implement|install|introduce|launch|migrate"
    r"|organi[sz]e|perform|prepare|procure|produce|replace|roll|run|set|start|update|upgrade|write)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FileFinding:
    """Something about the node at `path`. A warning doesn't block the import."""

    path: tuple[str | int, ...]
    message: str
    warning: bool = False


def check_strategy_file(file: StrategyFile) -> Iterator[FileFinding]:
    """Every problem and warning in the file."""
    yield from _check_cycle(file)
    yield from _check_keys(file)
    for index, objective in enumerate(file.objectives):
        yield from _check_objective(file, objective, ("objectives", index))
    yield from _check_weights(file)
    yield from _check_parents(file)
    for index, metric in enumerate(file.metrics):
        yield from _check_metric(file, metric, ("metrics", index))
    for index, project in enumerate(file.projects):
        yield from _check_project(file, project, ("projects", index))
    yield from _check_currencies(file)
    yield from _check_services(file)


def build_schedule(entry: ScheduleEntry) -> Schedule:
    return Schedule(
        starts=entry.starts,
        zone=entry.zone,
        rule=entry.rule,
        calendar=entry.calendar,
        days_off=frozenset(entry.days_off),
        on_holiday=entry.on_holiday,
        misfire=entry.misfire,
        grace=entry.grace,
    )


def _check_cycle(file: StrategyFile) -> Iterator[FileFinding]:
    yield from _check_order(("cycle", "ends"), file.cycle.starts, file.cycle.ends)
    if entry := file.cycle.check_ins:
        try:
            hints = check_schedule(build_schedule(entry))
        except InvalidInput as refusal:
            yield from (FileFinding(("cycle", "check_ins", field), text) for field, text in refusal.fields.items())
        else:
            yield from (FileFinding(("cycle", "check_ins", "rule"), hint, warning=True) for hint in hints)


def _check_keys(file: StrategyFile) -> Iterator[FileFinding]:
    yield from _find_duplicates("objectives", (o.key for o in file.objectives))
    yield from _find_duplicates("metrics", (m.key for m in file.metrics))
    yield from _find_duplicates("projects", (p.key for p in file.projects))
    yield from _find_duplicates("services", (s.service for s in file.services), "service")
    places = [(p, m) for p, project in enumerate(file.projects) for m in range(len(project.milestones))]
    seen: set[str] = set()
    for p, m in places:
        key = file.projects[p].milestones[m].key
        if key in seen:
            yield FileFinding(("projects", p, "milestones", m, "key"), f"Another milestone already uses “{key}”.")
        seen.add(key)


def _find_duplicates(where: str, keys: Iterable[str], field: str = "key") -> Iterator[FileFinding]:
    seen: set[str] = set()
    for index, key in enumerate(keys):
        if key in seen:
            yield FileFinding((where, index, field), f"An entry above already uses “{key}”. Each entry needs its own.")
        seen.add(key)


def _check_objective(file: StrategyFile, entry: ObjectiveEntry, path: tuple[str | int, ...]) -> Iterator[FileFinding]:
    if entry.owner is None:
        yield FileFinding(path, f"Objective “{entry.key}” has no owner. Name the one person who is accountable for it.")
    if entry.ends is None:
        yield FileFinding(path, f"Objective “{entry.key}” has no end date. Add “ends”.")
    yield from _check_period(file, path, entry.starts, entry.ends)
    has_children = any(other.parent == entry.key for other in file.objectives)
    if not has_children and not _has_key_results(file, entry.key):
        yield FileFinding(
            path,
            f"Objective “{entry.key}” can't be measured. Give it a metric of kind key_result"
            " with a unit, a baseline and a target.",
        )
    if entry.visibility is Visibility.PRIVATE and entry.viewers.roles:
        yield FileFinding(
            (*path, "viewers"),
            "Roles don't give access to a private objective. Name people, or use “group”.",
        )
    if entry.visibility is Visibility.ORG and (entry.viewers.roles or entry.viewers.people):
        yield FileFinding((*path, "viewers"), "Everyone sees an objective with visibility “org”. Remove the viewers.")
    if entry.rag.amber_from > entry.rag.green_from:
        yield FileFinding((*path, "rag"), "“amber_from” must not be above “green_from”.")
    yield from _check_wording((*path, "title"), entry.title)


def _has_key_results(file: StrategyFile, objective: str) -> bool:
    return any(m.objective == objective and m.kind is MetricKind.KEY_RESULT for m in file.metrics)


def _check_wording(path: tuple[str | int, ...], text: str) -> Iterator[FileFinding]:
    if ACTIVITY.match(text):
        message = f"“{text}” reads like an activity. Say what will be different once it's done."
        yield FileFinding(path, message, warning=True)


def _check_weights(file: StrategyFile) -> Iterator[FileFinding]:
    total = sum((objective.weight for objective in file.objectives), Decimal(0))
    if abs(total - 1) > WEIGHT_TOLERANCE:
        yield FileFinding(("objectives",), f"The weights of a cycle must sum to 1; these sum to {total.normalize():f}.")


def _check_parents(file: StrategyFile) -> Iterator[FileFinding]:
    parents = {objective.key: objective.parent for objective in file.objectives}
    for index, objective in enumerate(file.objectives):
        path = ("objectives", index, "parent")
        if objective.parent is not None and objective.parent not in parents:
            yield _unknown_key(path, "objective", objective.parent)
            continue
        seen, above = {objective.key}, objective.parent
        while above is not None and above not in seen:
            seen.add(above)
            above = parents.get(above)
        if above is not None:
            yield FileFinding(path, f"“{objective.key}” is its own ancestor. Break the loop of parents.")


def _check_metric(file: StrategyFile, entry: MetricEntry, path: tuple[str | int, ...]) -> Iterator[FileFinding]:
    missing = [name for name in ("unit", "baseline", "target", "owner") if getattr(entry, name) in (None, "")]
    missing += ["end date (“ends”)"] if entry.ends is None else []
    if missing:
        yield FileFinding(path, f"Metric “{entry.key}” has no {' or '.join(missing)}. Add what's missing.")
    if entry.kind is MetricKind.KEY_RESULT and entry.objective is None:
        yield FileFinding(path, f"Key result “{entry.key}” belongs to no objective. Name one, or make it a kpi.")
    if entry.objective is not None and entry.objective not in {o.key for o in file.objectives}:
        yield _unknown_key((*path, "objective"), "objective", entry.objective)
    yield from _check_target(entry, (*path, "target"))
    yield from _check_period(file, path, entry.starts, entry.ends)
    for day, times in Counter(m.on for m in entry.measurements).items():
        if times > 1:
            yield FileFinding(
                (*path, "measurements"), f"There are {times} measurements on {day.isoformat()}. Keep one."
            )
    yield from _check_limits(entry, path)
    yield from _check_wording((*path, "name"), entry.name)


def _check_limits(entry: MetricEntry, path: tuple[str | int, ...]) -> Iterator[FileFinding]:
    low, high = entry.lowest, entry.highest
    if low is not None and high is not None and low >= high:
        yield FileFinding((*path, "lowest"), "“lowest” must be below “highest”.")
        return
    given = [("baseline", entry.baseline), *(("measurements", one.value) for one in entry.measurements)]
    for name, value in given:
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            yield FileFinding((*path, name), f"{value} is outside the range from “lowest” to “highest”.")


def _check_target(entry: MetricEntry, path: tuple[str | int, ...]) -> Iterator[FileFinding]:
    is_range = isinstance(entry.target, RangeEntry)
    if entry.target is not None and is_range != (entry.mode is Mode.RANGE):
        yield FileFinding(path, "Mode range needs a target with “low” and “high”; every other mode needs one number.")
    if isinstance(entry.target, RangeEntry) and entry.target.low >= entry.target.high:
        yield FileFinding(path, "“low” must be below “high”.")
    if entry.mode is Mode.MOVE and entry.target is not None and entry.target == entry.baseline:
        yield FileFinding(
            path, "The target equals the baseline, so nothing would change. To keep a level, use mode at_least."
        )


def _check_project(file: StrategyFile, entry: ProjectEntry, path: tuple[str | int, ...]) -> Iterator[FileFinding]:
    yield from _check_order((*path, "ends"), entry.starts, entry.ends)
    known = {objective.key: objective for objective in file.objectives}
    served = [contribution.objective for contribution in entry.serves]
    for index, key in enumerate(served):
        if key not in known:
            yield _unknown_key((*path, "serves", index, "objective"), "objective", key)
        elif key in served[:index]:
            yield FileFinding((*path, "serves", index, "objective"), f"“{key}” is listed twice. Keep one entry.")
    for index, milestone in enumerate(entry.milestones):
        if any(change.on >= later.on for change, later in zip(milestone.history, milestone.history[1:], strict=False)):
            yield FileFinding(
                (*path, "milestones", index, "history"), "List the history from the oldest to the newest."
            )
    hidden = [known[key].visibility is not Visibility.ORG for key in served if key in known]
    if hidden and all(hidden) and not entry.confidential:
        message = (
            "It serves only objectives that not everyone sees, so to others it looks unaligned. Make it confidential?"
        )
        yield FileFinding(path, message, warning=True)


def _check_currencies(file: StrategyFile) -> Iterator[FileFinding]:
    first = file.projects[0].currency if file.projects else ""
    for index, project in enumerate(file.projects):
        if project.currency != first:
            message = f"All budgets need the same currency. The first project uses {first}."
            yield FileFinding(("projects", index, "currency"), message)


def _check_services(file: StrategyFile) -> Iterator[FileFinding]:
    known = {objective.key for objective in file.objectives}
    for index, service in enumerate(file.services):
        seen: set[str] = set()
        for number, support in enumerate(service.supports):
            path = ("services", index, "supports", number)
            if support.objective not in known:
                yield _unknown_key((*path, "objective"), "objective", support.objective)
            if support.objective in seen:
                yield FileFinding((*path, "objective"), f"“{support.objective}” is listed twice. Keep one entry.")
            if support.strength not in STRENGTHS:
                yield FileFinding((*path, "strength"), "A strength must be 0, 0.5 or 1.")
            seen.add(support.objective)


def _check_period(
    file: StrategyFile, path: tuple[str | int, ...], starts: date | None, ends: date | None
) -> Iterator[FileFinding]:
    if ends is not None:
        yield from _check_order((*path, "ends"), starts or file.cycle.starts, ends)


def _check_order(path: tuple[str | int, ...], starts: date, ends: date) -> Iterator[FileFinding]:
    if ends <= starts:
        yield FileFinding(path, f"It ends on {ends.isoformat()}, which isn't after its start on {starts.isoformat()}.")


def _unknown_key(path: tuple[str | int, ...], noun: str, key: str) -> FileFinding:
    return FileFinding(path, f"There's no {noun} “{key}” in this file. Check the spelling.")
