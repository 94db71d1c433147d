"""The strategy as people see it: the whole tree, one objective or project, and what was found."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

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
    header,
    mrkdwn,
    plain_text,
    section,
    shorten,
)
from handlers.slack.blocks.charts import chart_blocks, chart_words
from reporting.by_status import StatusFilter, SubjectLine
from reporting.charts import Chart
from reporting.details import SubjectDetails
from reporting.own_subjects import OwnSubject
from reporting.strategy_view import Branch, StrategyView, format_cycle_progress, format_view_text
from reporting.text import fit_lines
from strategy.records import Subject, SubjectKind

MOST_BRANCHES = 12
MOST_ROWS = 12  # under one objective
LARGEST_BRANCH = 1_500  # characters
LARGEST_TREE = 8_000
MOST_CHOICES = 100
MOST_OWN = 8
MOST_CONCERNS = 6
INDENT = "      "

Choice = tuple[Subject, str]


def encode_subject(subject: Subject) -> str:
    """A subject as the value of a button."""
    return f"{subject.kind.value}:{subject.key}"


def decode_subject(value: str) -> Subject:
    """The subject of a button's value. ValueError when it is none."""
    kind, _, key = value.partition(":")
    return Subject(SubjectKind(kind), key)


@dataclass(frozen=True, slots=True)
class Overview:
    """All that is shown of the strategy. `portfolio` are lines of mrkdwn, none for whom they do not concern."""

    view: StrategyView
    portfolio: Sequence[str]
    chart: Chart | None


def build_overview_message(shown: Overview) -> Message:
    """The tree in a conversation, with a picture."""
    picture = chart_blocks(shown.chart) if shown.chart else []
    return build_message(format_view_text(shown.view), _overview(shown, picture))


def build_overview_modal(shown: Overview) -> Block:
    """The same in a window."""
    return build_modal("Strategy", _overview(shown, [chart_words(shown.chart)] if shown.chart else []))


def build_subject_options(found: Sequence[Choice]) -> list[Block]:
    """What the search field offers."""
    return [
        {"text": plain_text(title, 75), "value": encode_subject(subject)} for subject, title in found[:MOST_CHOICES]
    ]


def build_matches_message(typed: str, found: Sequence[Choice]) -> Message:
    """Several fit what was typed."""
    words = f"{len(found)} objectives and projects fit “{escape(shorten(typed, 60))}”:"
    shown = [section(f"• {escape(title)}", accessory=_open(subject)) for subject, title in found[:20]]
    more = [context(f"… and {len(found) - 20} more. Type more of the name.")] if len(found) > 20 else []
    return build_message("\n".join([words, *(escape(title) for _, title in found)]), [section(words), *shown, *more])


def build_by_status_message(kind: SubjectKind, state: StatusFilter, found: Sequence[SubjectLine]) -> Message:
    """All that are in a state, each with its line."""
    if not found:
        return build_message(f"No {kind} that you can see is {state}. `/pmo-strategy` shows all of them.")
    head = f"1 {kind} is {state}:" if len(found) == 1 else f"{len(found)} {kind}s are {state}:"
    shown = [section(line, accessory=_open(subject)) for subject, line in found[:20]]
    note = "The worse of what the figures and what the owner says."
    if state is StatusFilter.LATE:
        note = "A milestone that is still open has slipped." if kind is SubjectKind.PROJECT else "By their figures."
    more = f"… and {len(found) - 20} more. `/pmo-strategy` shows all. " if len(found) > 20 else ""
    return build_message(
        "\n".join([head, *(line for _, line in found[:20])]), [section(head), *shown, context(more + note)]
    )


def build_metric_message(line: str, objective: str | None) -> Message:
    """One measure as it stands, with the way to its objective."""
    accessory = _open(Subject(SubjectKind.OBJECTIVE, objective)) if objective else None
    return build_message(line, [section(line, accessory=accessory)])


def build_details_message(details: SubjectDetails) -> Message:
    """One objective or project in a conversation, with its pictures."""
    charts = [block for chart in details.charts for block in chart_blocks(chart)]
    blocks = [*_details(details), *charts, *_buttons(details)]
    lines = [f"{escape(details.title)}: {details.sides}", *(line for group in details.groups for line in group.lines)]
    return build_message("\n".join(lines), blocks)


def build_details_modal(details: SubjectDetails) -> Block:
    """The same in a window."""
    charts = [chart_words(chart) for chart in details.charts]
    title = "Objective" if details.subject.kind is SubjectKind.OBJECTIVE else "Project"
    return build_modal(title, [*_details(details), *charts, *_buttons(details)])


def build_strategy_section(own: Sequence[OwnSubject], concerns: Sequence[str]) -> list[Block]:
    """The part of the App Home: `own` is what the person reports on, `concerns` what needs attention."""
    blocks = [header("Strategy")]
    for one in own[:MOST_OWN]:
        late = ":warning: Was due" if one.overdue else "Next update due"
        due = f"\n{late} {moment(one.due)}" if one.due else ""
        write = button("Write an update", "update.write", encode_subject(one.subject))
        blocks.append(section(one.line + due, accessory=write))
    if len(own) > MOST_OWN:
        blocks.append(context(f"… and {len(own) - MOST_OWN} more. `/pmo-update` lets you choose among all."))
    if concerns:
        shown, more = fit_lines(concerns, MOST_CONCERNS, 2_500)
        rest = [f"… and {more} more. `/pmo-strategy` shows how everything stands."] if more else []
        blocks.append(section("\n".join(["*Needs attention*", *shown, *rest])))
    return [*blocks, actions([button("See the strategy", "strategy.show", "all")])]


def moment(at: datetime) -> str:
    """In the reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{at:%-d %B %Y, %H:%M} UTC>"


def _overview(shown: Overview, picture: list[Block]) -> list[Block]:
    view = shown.view
    mission = context(f"*Mission:* {escape(view.mission)}")
    blocks = [header(view.organisation), mission, section(format_cycle_progress(view)), *_tree(view)]
    if view.metrics or view.projects:
        lines = [row.short for row in view.metrics] + [row.short for row in view.projects]
        blocks.append(section(_limited("*Beside the objectives*", lines)))
    blocks += [*_portfolio(shown.portfolio), *picture]
    return [*blocks, actions([_picker()])]


def _tree(view: StrategyView) -> list[Block]:
    every = list(_flat(view.branches, 0))
    texts = [_limited(branch.line, _rows(branch)) for branch, _ in every]
    shown, more = fit_lines(texts, MOST_BRANCHES, LARGEST_TREE)
    blocks: list[Block] = []
    for (branch, depth), text in zip(every, shown, strict=False):
        above = f"{'↳ ' * depth}" if depth else ""
        blocks.append(section(above + text, accessory=_open(Subject(SubjectKind.OBJECTIVE, branch.objective.key))))
    if more:
        noun = "objective" if more == 1 else "objectives"
        blocks.append(
            context(f"… and {more} more {noun}: choose below, or type `/pmo-strategy` and a part of the name.")
        )
    return blocks


def _flat(branches: Iterable[Branch], depth: int) -> Iterator[tuple[Branch, int]]:
    for branch in branches:
        yield branch, depth
        yield from _flat(branch.below, depth + 1)


def _rows(branch: Branch) -> list[str]:
    lines = [row.short for row in branch.metrics] + [row.short for row in branch.projects]
    return [f"{INDENT}{line}" for line in lines]


def _limited(first: str, lines: Sequence[str]) -> str:
    shown, more = fit_lines(lines, MOST_ROWS, LARGEST_BRANCH - len(first))
    return "\n".join([first, *shown, *([f"{INDENT}… and {more} more"] if more else [])])


def _portfolio(lines: Sequence[str]) -> list[Block]:
    if not lines:
        return []
    shown, more = fit_lines(lines, 15, 2_500)
    rest = [f"… and {more} more"] if more else []
    return [divider(), section("\n".join(["*Portfolio and strategy*", *(f"• {line}" for line in shown), *rest]))]


def _picker() -> Block:
    """A search field: a list of them all would take the room of what is shown."""
    return {
        "type": "external_select",
        "action_id": "strategy.pick",
        "min_query_length": 0,
        "placeholder": plain_text("Open an objective or a project"),
    }


def _open(subject: Subject) -> Block:
    return button("Open", "strategy.open", encode_subject(subject))


def _details(details: SubjectDetails) -> list[Block]:
    fields = [mrkdwn(f"*{escape(label)}*\n{value}", 500) for label, value in details.facts]
    blocks = [header(details.title), section(details.sides), {"type": "section", "fields": fields[:10]}]
    for group in details.groups:
        shown, more = fit_lines([f"• {line}" for line in group.lines], 20, 2_500)
        rest = [f"… and {more} more"] if more else []
        blocks.append(section("\n".join([f"*{escape(group.title)}*", *shown, *rest])))
    if details.post:
        blocks += [divider(), section("*Latest update*"), *(section(piece) for piece in details.post.body[:6])]
        blocks.append(context(details.post.context))
    if details.due:
        blocks.append(context(f":memo: The next update is due {moment(details.due)}."))
    return blocks


def _buttons(details: SubjectDetails) -> list[Block]:
    value = encode_subject(details.subject)
    made = [button("Write an update", "update.write", value, style="primary")] if details.writes else []
    made += [button("Record a value", "strategy.measure", value)] if details.measures else []
    return [actions(made)] if made else []
