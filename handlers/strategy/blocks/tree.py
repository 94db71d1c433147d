"""The strategy as people see it: the whole tree, one objective or project, and lists of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from handlers.slack.blocks.builders import (
    Block,
    Message,
    actions,
    build_message,
    build_modal,
    button,
    context,
    divider,
    escape,
    format_time,
    header,
    mrkdwn,
    plain_text,
    section,
    shorten,
)
from handlers.slack.blocks.charts import build_chart_blocks, build_chart_text
from reporting.charts import Chart
from reporting.details import SubjectDetails
from reporting.own_subjects import OwnSubject
from reporting.strategy_view import Branch, StrategyView, format_cycle_progress, format_view_text
from reporting.text import LazyLines, fit_lines
from strategy.records import Subject, SubjectKind

MOST_BRANCHES = 12
MOST_ROWS = 12  # under one objective
LARGEST_BRANCH = 1_500  # characters
LARGEST_TREE = 8_000
MOST_CHOICES = 100
MOST_OWN = 8
MOST_EXCEPTIONS = 6
INDENT = "      "

Choice = tuple[Subject, str]


def encode_subject(subject: Subject) -> str:
    """A subject as the value of a button."""
    return f"{subject.kind.value}:{subject.key}"


def decode_subject(value: str) -> Subject:
    """The subject in a button's value. ValueError for any other value."""
    kind, _, key = value.partition(":")
    return Subject(SubjectKind(kind), key)


@dataclass(frozen=True, slots=True)
class Overview:
    """What an overview shows. `portfolio` is lines of mrkdwn, empty for those who may not see them."""

    view: StrategyView
    portfolio: Sequence[str]
    chart: Chart | None


def build_overview_message(overview: Overview) -> Message:
    """The tree as a message, with a chart."""
    picture = build_chart_blocks(overview.chart) if overview.chart else []
    return build_message(format_view_text(overview.view), _build_overview(overview, picture))


def build_overview_modal(overview: Overview) -> Block:
    """The same as a modal."""
    chart_text = [build_chart_text(overview.chart)] if overview.chart else []
    return build_modal("Strategy", _build_overview(overview, chart_text))


def build_subject_options(found: Sequence[Choice]) -> list[Block]:
    """The options of the search field."""
    return [
        {"text": plain_text(title, 75), "value": encode_subject(subject)} for subject, title in found[:MOST_CHOICES]
    ]


def build_matches_message(typed: str, found: Sequence[Choice]) -> Message:
    """What somebody typed matches several."""
    heading = f"{len(found)} objectives and projects match “{escape(shorten(typed, 60))}”:"
    sections = [section(f"• {escape(title)}", accessory=build_subject_button(subject)) for subject, title in found[:20]]
    more = (
        [context(f"… and {len(found) - 20} more. Type more of the name to narrow it down.")] if len(found) > 20 else []
    )
    return build_message(
        "\n".join([heading, *(escape(title) for _, title in found)]), [section(heading), *sections, *more]
    )


def build_details_message(details: SubjectDetails) -> Message:
    """One objective or project as a message, with its charts."""
    charts = [block for chart in details.charts for block in build_chart_blocks(chart)]
    blocks = [*_build_details(details), *charts, *_build_buttons(details)]
    lines = [
        f"{escape(details.title)}: {details.statuses}",
        *(line for group in details.groups for line in group.lines),
    ]
    return build_message("\n".join(lines), blocks)


def build_details_modal(details: SubjectDetails) -> Block:
    """The same as a modal."""
    charts = [build_chart_text(chart) for chart in details.charts]
    title = "Objective" if details.subject.kind is SubjectKind.OBJECTIVE else "Project"
    return build_modal(title, [*_build_details(details), *charts, *_build_buttons(details)])


def build_strategy_section(own: Sequence[OwnSubject], exceptions: Sequence[str]) -> list[Block]:
    """The part of the App Home: `own` is what the person reports on, `exceptions` what needs attention."""
    blocks = [header("Strategy")]
    for one in own[:MOST_OWN]:
        label = ":warning: Update was due" if one.is_overdue else "Next update due"
        due = f"\n{label} {format_time(one.due)}" if one.due else ""
        write = button("Write an update", "update.write", encode_subject(one.subject))
        blocks.append(section(one.line + due, accessory=write))
    if len(own) > MOST_OWN:
        blocks.append(context(f"… and {len(own) - MOST_OWN} more. `/pmo-update` lists them all."))
    if exceptions:
        shown, more = fit_lines(exceptions, MOST_EXCEPTIONS, 2_500)
        rest = [f"… and {more} more. `/pmo-strategy` shows everything."] if more else []
        blocks.append(section("\n".join(["*Needs attention*", *shown, *rest])))
    return [*blocks, actions([button("View strategy", "strategy.show", "all")])]


def _build_overview(overview: Overview, picture: list[Block]) -> list[Block]:
    view = overview.view
    mission = context(f"*Mission:* {escape(view.mission)}")
    blocks = [header(view.organisation), mission, section(format_cycle_progress(view)), *_build_tree(view)]
    if view.metrics or view.projects:
        blocks.append(section(_limit_lines("*Not linked to an objective*", _list_short(view))))
    blocks += [*_build_portfolio(overview.portfolio), *picture]
    return [*blocks, actions([_build_picker()])]


def _build_tree(view: StrategyView) -> list[Block]:
    every = list(_flatten_branches(view.branches, 0))
    texts = LazyLines(partial(_format_branch, branch) for branch, _ in every)
    shown, more = fit_lines(texts, MOST_BRANCHES, LARGEST_TREE)
    blocks: list[Block] = []
    for (branch, depth), text in zip(every, shown, strict=False):
        above = f"{'↳ ' * depth}" if depth else ""
        blocks.append(
            section(above + text, accessory=build_subject_button(Subject(SubjectKind.OBJECTIVE, branch.objective.key)))
        )
    if more:
        noun = "objective" if more == 1 else "objectives"
        blocks.append(
            context(f"… and {more} more {noun}. Choose one below, or type `/pmo-strategy` and part of its name.")
        )
    return blocks


def _flatten_branches(branches: Iterable[Branch], depth: int) -> Iterator[tuple[Branch, int]]:
    for branch in branches:
        yield branch, depth
        yield from _flatten_branches(branch.below, depth + 1)


def _format_branch(branch: Branch) -> str:
    return _limit_lines(branch.line, _list_short(branch), INDENT)


def _list_short(owner: Branch | StrategyView) -> LazyLines:
    """The short lines of its metrics and projects."""
    return LazyLines(partial(getattr, row, "short") for row in (*owner.metrics, *owner.projects))


def _limit_lines(first: str, lines: Sequence[str], indent: str = "") -> str:
    shown, more = fit_lines(lines, MOST_ROWS, LARGEST_BRANCH - len(first) - MOST_ROWS * len(indent))
    rest = [f"{INDENT}… and {more} more"] if more else []
    return "\n".join([first, *(f"{indent}{line}" for line in shown), *rest])


def _build_portfolio(lines: Sequence[str]) -> list[Block]:
    if not lines:
        return []
    shown, more = fit_lines(lines, 15, 2_500)
    rest = [f"… and {more} more"] if more else []
    return [divider(), section("\n".join(["*Portfolio and strategy*", *(f"• {line}" for line in shown), *rest]))]


def _build_picker() -> Block:
    """A search field, because a list of them all would crowd out the tree."""
    return {
        "type": "external_select",
        "action_id": "strategy.pick",
        "min_query_length": 0,
        "placeholder": plain_text("Open an objective or project"),
    }


def build_subject_button(subject: Subject) -> Block:
    return button("Open", "strategy.open", encode_subject(subject))


def _build_details(details: SubjectDetails) -> list[Block]:
    fields = [mrkdwn(f"*{escape(label)}*\n{value}", 500) for label, value in details.facts]
    blocks = [header(details.title), section(details.statuses), {"type": "section", "fields": fields[:10]}]
    for group in details.groups:
        shown, more = fit_lines([f"• {line}" for line in group.lines], 20, 2_500)
        rest = [f"… and {more} more"] if more else []
        blocks.append(section("\n".join([f"*{escape(group.title)}*", *shown, *rest])))
    if details.post:
        blocks += [divider(), section("*Latest update*"), *(section(piece) for piece in details.post.body[:6])]
        blocks.append(context(details.post.context))
    return [*blocks, *_describe_due(details)]


def _describe_due(details: SubjectDetails) -> list[Block]:
    """When the next update is due. That one is missing is only for those who can write it."""
    if details.due is None or (details.is_due_past and not details.can_write):
        return []
    label = ":warning: Update was due" if details.is_due_past else ":memo: Next update due"
    return [context(f"{label} {format_time(details.due)}.")]


def _build_buttons(details: SubjectDetails) -> list[Block]:
    value = encode_subject(details.subject)
    buttons = [button("Write an update", "update.write", value, style="primary")] if details.can_write else []
    buttons += [button("Record a value", "strategy.measure", value)] if details.measurable else []
    return [actions(buttons)] if buttons else []
