"""Mission, vision, objectives, weights, budgets, metrics, and what serves what."""

from collections.abc import Iterable
from decimal import Decimal

from foundation.errors import NotAllowed
from handlers.questions.blocks.records import Record, RecordAnswer, build_record_message
from handlers.questions.records.answers.phrases import count_nouns, format_title, note_date
from handlers.questions.records.names import NameKind
from handlers.questions.records.question import RecordQuestion
from handlers.questions.records.view import RecordView
from handlers.slack.blocks.builders import Message, button, escape, format_date
from reporting.lines import format_metric, format_objective, format_project
from reporting.numbers import format_percent
from reporting.rendering import render_line
from strategy.permissions import can_see_budget, can_see_portfolio
from strategy.records import Project, Subject, SubjectKind
from strategy.status import MetricStatus

_BUDGETS_HIDDEN = "Only leaders, the PMO and a project's owner and sponsor can see its budget."


def show_strategy_part(view: RecordView, question: RecordQuestion) -> Message | None:
    """The mission or vision, the weights, or the list of objectives or projects."""
    if "mission" in question.cues or "vision" in question.cues:
        return _show_purpose(view, question)
    if "weight" in question.cues:
        return _show_weights(view, question)
    return _list_subjects(view, question)


def _list_subjects(view: RecordView, question: RecordQuestion) -> Message:
    """The objectives, the projects, or both if the question speaks of neither."""
    both = question.subject_kind is None and "status" in question.cues
    records: list[Record] = []
    counts = []
    if both or question.subject_kind is not SubjectKind.PROJECT:
        records += [
            (Subject(SubjectKind.OBJECTIVE, one.objective.key), format_objective(one, view.people))
            for one in view.status.objectives
        ]
        counts.append(count_nouns(len(view.status.objectives), "objective"))
    if both or question.subject_kind is SubjectKind.PROJECT:
        records += [
            (Subject(SubjectKind.PROJECT, one.project.key), format_project(one, view.people))
            for one in view.status.projects
        ]
        counts.append(count_nouns(len(view.status.projects), "project"))
    return _build_list(view, f"{' and '.join(counts)}, {escape(view.strategy.cycle.name)}", records)


def show_budget(view: RecordView, question: RecordQuestion) -> Message | None:
    """The budget of what is named or of the asker's projects; else the total or, for “biggest”, the order.

    Raises:
        NotAllowed: the asker may not see it.
    """
    named = set(question.list_keys(NameKind.PROJECT))
    for objective in question.list_keys(NameKind.OBJECTIVE):
        named |= {one.project for one in view.strategy.contributions_to(objective) if one.impact}
    own = {one.key for one in view.strategy.projects if view.person.id in (one.owner, one.sponsor)}
    asked = named or (own if "mine" in question.cues else None)
    projects = [one for one in view.strategy.projects if asked is None or one.key in asked]
    allowed = [one for one in projects if can_see_budget(view.person, one)]
    if not allowed or (asked is None and not can_see_portfolio(view.person)):
        raise NotAllowed(_BUDGETS_HIDDEN)
    return _list_budgets(view, allowed, is_whole=asked is None)


def show_alignment(view: RecordView, question: RecordQuestion) -> Message | None:
    """Which objectives a project serves, which projects serve an objective, or which projects serve none."""
    objectives = [*question.list_keys(NameKind.OBJECTIVE)]
    objectives += [key for one in question.list_keys(NameKind.METRIC) if (key := view.strategy.metric(one).objective)]
    projects = question.list_keys(NameKind.PROJECT)
    if projects:
        return build_record_message(RecordAnswer(_describe_served(view, projects), note=note_date(view)))
    if objectives:
        records = [record for key in dict.fromkeys(objectives) for record in _list_serving(view, key)]
        titles = " and ".join(format_title(view.strategy.objective(key)) for key in dict.fromkeys(objectives))
        lead = f"{count_nouns(len(records), 'project')} for {titles}:" if records else f"No project serves {titles}."
        return build_record_message(RecordAnswer(lead, records, note_date(view)))
    return _list_unaligned(view)


def show_metrics(view: RecordView, question: RecordQuestion) -> Message | None:
    """The value, target and progress of the metrics named, or of all."""
    named = question.list_keys(NameKind.METRIC)
    found = [one for one in view.status.metrics if not named or one.metric.key in named]
    records = [(_get_objective(one), f"{format_metric(one, view.people)} · {_describe_progress(one)}") for one in found]
    lead = "Latest value:" if len(found) == 1 else f"{count_nouns(len(found), 'metric')}:"
    return build_record_message(RecordAnswer(lead, records, note_date(view)))


def _show_purpose(view: RecordView, question: RecordQuestion) -> Message:
    parts = [("Mission", view.strategy.mission)] if "mission" in question.cues else []
    parts += [("Vision", view.strategy.vision)] if "vision" in question.cues else []
    lead = "\n".join(f"*{label}:* {escape(text)}" for label, text in parts)
    note = f"{escape(view.strategy.organisation)}, version {escape(view.strategy.version)}"
    return build_record_message(
        RecordAnswer(lead, note=note, buttons=[button("View strategy", "strategy.show", "all")])
    )


def _show_weights(view: RecordView, question: RecordQuestion) -> Message:
    named = question.list_keys(NameKind.OBJECTIVE)
    found = [one for one in view.strategy.objectives if not named or one.key in named]
    ordered = sorted(found, key=lambda one: one.weight, reverse=True)
    records = [
        (Subject(SubjectKind.OBJECTIVE, one.key), f"{format_title(one)}: {format_percent(one.weight)}")
        for one in ordered
    ]
    return _build_list(view, "Weights of the objectives, heaviest first", records)


def _build_list(view: RecordView, title: str, records: Iterable[Record]) -> Message:
    every = list(records)
    buttons = [button("View strategy", "strategy.show", "all")]
    return build_record_message(RecordAnswer(f"{title}:", every, note_date(view), buttons))


def _list_budgets(view: RecordView, projects: list[Project], *, is_whole: bool) -> Message:
    ordered = sorted(projects, key=lambda one: one.budget, reverse=True)
    records: list[Record] = [
        (Subject(SubjectKind.PROJECT, one.key), f"{format_title(one)}: {_format_money(one.budget, one.currency)}")
        for one in ordered
    ]
    total = f"Total budget: {_sum_budgets(projects)}. " if is_whole or len(projects) > 1 else ""
    note = f"Budgets as planned; spending isn't recorded here. {note_date(view)}"
    return build_record_message(
        RecordAnswer(f"{total}Budgets of {len(projects)} projects:" if len(projects) > 1 else "Budget:", records, note)
    )


def _sum_budgets(projects: Iterable[Project]) -> str:
    totals: dict[str, Decimal] = {}
    for one in projects:
        totals[one.currency] = totals.get(one.currency, Decimal(0)) + one.budget
    return " and ".join(_format_money(amount, currency) for currency, amount in totals.items())


def _format_money(amount: Decimal, currency: str) -> str:
    return render_line("strategy", "money", amount=amount, currency=currency)


def _describe_served(view: RecordView, projects: Iterable[str]) -> str:
    lines = []
    for key in projects:
        title, served = format_title(view.strategy.project(key)), _list_served(view, key)
        lines.append(
            "\n".join([f"{title} serves:", *(f"• {one}" for one in served)])
            if served
            else f"{title} serves no objective."
        )
    return "\n".join(lines)


def _list_served(view: RecordView, project: str) -> list[str]:
    served = sorted(view.strategy.contributions_of(project), key=lambda one: -one.impact)
    return [
        render_line(
            "strategy",
            "supports",
            title=view.strategy.objective(one.objective).title,
            impact=one.impact,
            rationale=one.rationale,
        )
        for one in served
        if one.impact
    ]


def _list_serving(view: RecordView, objective: str) -> list[Record]:
    served = sorted(view.strategy.contributions_to(objective), key=lambda one: (-one.impact, one.project))
    return [
        (
            Subject(SubjectKind.PROJECT, one.project),
            format_project(view.status.project(one.project), view.people, one.impact),
        )
        for one in served
        if one.impact
    ]


def _list_unaligned(view: RecordView) -> Message:
    served = {one.project for one in view.strategy.contributions if one.impact}
    records = [
        (Subject(SubjectKind.PROJECT, one.project.key), format_project(one, view.people))
        for one in view.status.projects
        if one.project.key not in served
    ]
    lead = (
        f"{count_nouns(len(records), 'project')} without an objective:"
        if records
        else "Every project serves an objective."
    )
    return build_record_message(RecordAnswer(lead, records, note_date(view)))


def _get_objective(one: MetricStatus) -> Subject | None:
    return Subject(SubjectKind.OBJECTIVE, one.metric.objective) if one.metric.objective else None


def _describe_progress(one: MetricStatus) -> str:
    measured = f"measured on {format_date(one.latest.on)}" if one.latest else "never measured"
    if one.progress is None or one.metric.mode.value != "move":
        return measured
    return f"{format_percent(one.progress.value)} of the way, {format_percent(one.expected)} expected · {measured}"
