"""Every limit: a value at the limit is accepted, and anything larger is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workspace.checks.payloads import (
    actions,
    button,
    cell,
    chart,
    confirm,
    data_table,
    field,
    group,
    image,
    modal,
    mrkdwn,
    option,
    options,
    pie,
    plain,
    plot,
    rich,
    rich_section,
    section,
    series,
    table,
    text,
)
from workspace.checks import check_blocks, check_message, check_view

Words = Callable[[str], dict[str, Any]]
Many = Callable[[int], dict[str, Any]]
Place = Literal["message", "modal", "home"]


@dataclass(frozen=True, slots=True)
class Length:
    """The maximum length of one text in a block."""

    what: str
    longest: int
    block: Words
    surface: Place = "message"


@dataclass(frozen=True, slots=True)
class Count:
    """The maximum number of items in a block."""

    what: str
    most: int
    block: Many
    fewest: int = 1
    surface: Place = "message"


def link(words: str) -> str:
    """Return a URL exactly as long as `words`."""
    return ("https://example.org/" + words)[: len(words)]


def card(**more: Any) -> dict[str, Any]:
    return {"type": "card", "title": plain(), **more}


def container(**more: Any) -> dict[str, Any]:
    return {"type": "container", "title": plain(), "child_blocks": [section()], **more}


def feedback(negative: str = "bad", **more: Any) -> dict[str, Any]:
    wording = {"text": plain(), "value": "good"}
    pair = {"positive_button": {**wording, **more}, "negative_button": {**wording, "value": negative}}
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", **pair}]}


def icon_buttons(count: int, **more: Any) -> dict[str, Any]:
    wording = {"type": "icon_button", "icon": "trash", "text": plain()}
    return {"type": "context_actions", "elements": [{**wording, **more} for _ in range(count)]}


def workflow(**more: Any) -> dict[str, Any]:
    trigger = {"url": "https://slack.com/shortcuts/Ft01"}
    return actions({"type": "workflow_button", "text": plain(), "workflow": {"trigger": trigger}, **more})


SOURCE = {"type": "url", "url": "https://example.org/handbook", "text": "Handbook"}


def task(**more: Any) -> dict[str, Any]:
    return {"type": "task_card", "task_id": "t1", "title": "Read", "status": "complete", **more}


def select(**more: Any) -> dict[str, Any]:
    return field({"type": "static_select", "options": [option()], **more})


def video(**more: Any) -> dict[str, Any]:
    address = "https://example.org/gates"
    return {
        "type": "video",
        "alt_text": "Gates",
        "title": plain(),
        "thumbnail_url": address,
        "video_url": address,
        **more,
    }


def groups(count: int) -> list[dict[str, Any]]:
    return [group(f"Goal {index}", first=f"{index}-") for index in range(count)]


def chart_of(**axis: Any) -> dict[str, Any]:
    shown = plot()
    return chart({**shown, "axis_config": {**shown["axis_config"], **axis}})


def labels(count: int) -> tuple[str, ...]:
    return tuple(f"W{index}" for index in range(count))


LENGTHS = [
    Length("block_id", 255, lambda w: section(block_id=w)),
    Length("action_id", 255, lambda w: actions(button(w))),
    Length("section text", 3000, lambda w: section(text=mrkdwn(w))),
    Length("section field", 2000, lambda w: section(fields=[plain(w)])),
    Length("header", 150, lambda w: {"type": "header", "text": plain(w)}),
    Length("context text", 3000, lambda w: {"type": "context", "elements": [mrkdwn(w)]}),
    Length("button label", 75, lambda w: actions(button(text=plain(w)))),
    Length("button value", 2000, lambda w: actions(button(value=w))),
    Length("button address", 3000, lambda w: actions(button(url=link(w)))),
    Length("button spoken label", 75, lambda w: actions(button(accessibility_label=w))),
    Length("dialog title", 100, lambda w: actions(button(confirm=confirm(title=plain(w))))),
    Length("dialog text", 300, lambda w: actions(button(confirm=confirm(text=mrkdwn(w))))),
    Length("dialog yes", 30, lambda w: actions(button(confirm=confirm(confirm=plain(w))))),
    Length("dialog no", 30, lambda w: actions(button(confirm=confirm(deny=plain(w))))),
    Length("option text", 75, lambda w: select(options=[option(text=w)])),
    Length("option value", 150, lambda w: select(options=[option(w)])),
    Length("option description", 75, lambda w: select(options=[option(description=plain(w))])),
    Length("option address", 3000, lambda w: actions({"type": "overflow", "options": [option(url=link(w))]})),
    Length("group label", 75, lambda w: field({"type": "static_select", "option_groups": [group(w)]})),
    Length("placeholder", 150, lambda w: select(placeholder=plain(w))),
    Length("input label", 2000, lambda w: {**field({"type": "users_select"}), "label": plain(w)}),
    Length("input hint", 2000, lambda w: field({"type": "users_select"}, hint=plain(w))),
    Length("text at first", 3000, lambda w: field({"type": "plain_text_input", "initial_value": w})),
    Length("alt text", 2000, lambda w: image(alt_text=w)),
    Length("image title", 2000, lambda w: image(title=plain(w))),
    Length("image address", 3000, lambda w: image(image_url=link(w))),
    Length("alert", 200, lambda w: {"type": "alert", "text": mrkdwn(w)}, "modal"),
    Length("markdown", 12_000, lambda w: {"type": "markdown", "text": w}),
    Length("card title", 150, lambda w: card(title=mrkdwn(w))),
    Length("card subtitle", 150, lambda w: card(subtitle=mrkdwn(w))),
    Length("card body", 200, lambda w: card(body=mrkdwn(w))),
    Length("container title", 150, lambda w: container(title=plain(w))),
    Length("container subtitle", 150, lambda w: container(subtitle=mrkdwn(w))),
    Length("feedback label", 75, lambda w: feedback(text=plain(w))),
    Length("feedback value", 2000, lambda w: feedback(value=w)),
    Length("icon button value", 2000, lambda w: icon_buttons(1, value=w)),
    Length("video title", 199, lambda w: video(title=plain(w))),
    Length("video author", 49, lambda w: video(author_name=w)),
    Length("image element alt text", 2000, lambda w: section(accessory=image(alt_text=w))),
    Length("choice in a list", 75, lambda w: field({"type": "checkboxes", "options": [option(text=w)]})),
    Length("choice in an overflow", 75, lambda w: actions({"type": "overflow", "options": [option(text=w)]})),
    Length("negative feedback value", 2000, lambda w: feedback(negative=w)),
    Length("feedback spoken label", 75, lambda w: feedback(accessibility_label=w)),
    Length("icon button label", 75, lambda w: icon_buttons(1, text=plain(w))),
    Length("icon button spoken label", 75, lambda w: icon_buttons(1, accessibility_label=w)),
    Length("workflow button label", 75, lambda w: workflow(text=plain(w))),
    Length("workflow button spoken label", 75, lambda w: workflow(accessibility_label=w)),
    Length("workflow address", 3000, lambda w: workflow(workflow={"trigger": {"url": link(w)}})),
    Length("source address", 3000, lambda w: task(sources=[{"type": "url", "url": link(w), "text": "Handbook"}])),
    Length("link address", 3000, lambda w: rich(rich_section({"type": "link", "url": link(w)}))),
    Length("video alt text", 2000, lambda w: video(alt_text=w)),
    Length("video description", 199, lambda w: video(description=plain(w))),
    Length("video provider", 50, lambda w: video(provider_name=w)),
    Length("video address", 3000, lambda w: video(video_url=link(w))),
    Length("video picture address", 3000, lambda w: video(thumbnail_url=link(w))),
    Length("video title address", 2000, lambda w: video(title_url=link(w))),
    Length("video provider picture address", 2000, lambda w: video(provider_icon_url=link(w))),
    Length("table text", 10_000, lambda w: {"type": "table", "rows": [[cell(w)]]}),
    Length("data table text", 20_000, lambda w: {**data_table(), "rows": [[cell("1")], [cell(w[1:])]]}),
    Length("chart title", 50, lambda w: chart(pie(), title=w)),
    Length("segment label", 20, lambda w: chart({"type": "pie", "segments": [{"label": w, "value": 1}]})),
    Length("series name", 20, lambda w: chart(plot(names=(w,)))),
    Length("category", 20, lambda w: chart(plot(labels=(w,)))),
    Length("horizontal axis label", 50, lambda w: chart_of(x_label=w)),
    Length("vertical axis label", 50, lambda w: chart_of(y_label=w)),
]

COUNTS = [
    Count("section fields", 10, lambda n: section(fields=[plain()] * n)),
    Count("context elements", 10, lambda n: {"type": "context", "elements": [plain()] * n}),
    Count("actions", 25, lambda n: actions(*(button(f"a{index}") for index in range(n)))),
    Count("overflow options", 5, lambda n: actions({"type": "overflow", "options": options(n)})),
    Count("select options", 100, lambda n: select(options=options(n))),
    Count("option groups", 100, lambda n: field({"type": "static_select", "option_groups": groups(n)})),
    Count("options of a group", 100, lambda n: field({"type": "static_select", "option_groups": [group(count=n)]})),
    Count("checkboxes", 10, lambda n: field({"type": "checkboxes", "options": options(n)})),
    Count("radio buttons", 10, lambda n: field({"type": "radio_buttons", "options": options(n)})),
    Count("files", 10, lambda n: field({"type": "file_input", "max_files": n}), surface="modal"),
    Count("icon buttons", 5, icon_buttons),
    Count("people who see an icon", 10, lambda n: icon_buttons(1, visible_to_user_ids=["U03WEI"] * n)),
    Count("card actions", 3, lambda n: card(actions=[button(f"a{index}") for index in range(n)])),
    Count("cards", 10, lambda n: {"type": "carousel", "elements": [card()] * n}),
    Count("blocks in a container", 10, lambda n: container(child_blocks=[section()] * n)),
    Count("table rows", 100, table),
    Count("table columns", 20, lambda n: table(1, n)),
    Count("column settings", 20, lambda n: table(column_settings=[{}] * n), fewest=0),
    Count("data table rows", 101, data_table, fewest=2),
    Count("data table columns", 20, lambda n: data_table(2, n)),
    Count("rows of a page", 100, lambda n: data_table(page_size=n)),
    Count("segments", 6, lambda n: chart(pie(n))),
    Count("series", 6, lambda n: chart(plot(names=labels(n)))),
    Count("points with their categories", 20, lambda n: chart(plot(labels=labels(n)))),
    Count("points", 20, lambda n: chart({**plot(labels=labels(20)), "series": [series("Plan", labels(n))]}), fewest=20),
    Count(
        "categories", 20, lambda n: chart({**plot(labels=labels(n)), "series": [series("Plan", labels(20))]}), fewest=20
    ),
    Count(
        "tasks of a plan",
        50,
        lambda n: {"type": "plan", "title": "x", "tasks": [task(task_id=str(i)) for i in range(n)]},
        0,
    ),
    Count("header level", 4, lambda n: {"type": "header", "text": plain(), "level": n}),
    Count("skin tone", 6, lambda n: rich(rich_section({"type": "emoji", "name": "wave", "skin_tone": n}))),
    Count("moment", 9_999_999_999, lambda n: field({"type": "datetimepicker", "initial_date_time": n}), 1_000_000_000),
    Count("shortest text", 3000, lambda n: field({"type": "plain_text_input", "min_length": n}), fewest=0),
    Count("longest text", 3000, lambda n: field({"type": "plain_text_input", "max_length": n})),
    Count(
        "fewest lines of a rich field",
        100,
        lambda n: field({"type": "rich_text_input", "min_lines": n}),
        surface="modal",
    ),
    Count("indent", 8, lambda n: rich({**series_of_bullets(), "indent": n}), fewest=0),
    Count("lines of a rich field", 100, lambda n: field({"type": "rich_text_input", "max_lines": n}), surface="modal"),
]


def series_of_bullets() -> dict[str, Any]:
    return {"type": "rich_text_list", "style": "bullet", "elements": [rich_section(text())]}


@pytest.mark.parametrize("limit", LENGTHS, ids=lambda limit: limit.what)
def test_text_at_the_limit_is_accepted(limit: Length) -> None:
    shortest = 1 if "address" not in limit.what else 21
    for length in (max(shortest, 2), limit.longest):
        assert check_blocks([limit.block("x" * length)], limit.surface) == []


@pytest.mark.parametrize("limit", LENGTHS, ids=lambda limit: limit.what)
@given(beyond=st.integers(1, 5000))
def test_text_above_the_limit_is_refused(limit: Length, beyond: int) -> None:
    problems = check_blocks([limit.block("x" * (limit.longest + beyond))], limit.surface)
    assert {(one.code, dict(one.constraint or {})["max_length"]) for one in problems} == {("too_long", limit.longest)}
    assert f"must be less than {limit.longest + 1} characters" in str(problems[0])


@pytest.mark.parametrize("limit", COUNTS, ids=lambda limit: limit.what)
def test_item_counts_at_the_limit_are_accepted(limit: Count) -> None:
    for count in (limit.fewest, limit.most):
        assert check_blocks([limit.block(count)], limit.surface) == []


@pytest.mark.parametrize("limit", COUNTS, ids=lambda limit: limit.what)
@given(beyond=st.integers(1, 60))
def test_item_counts_above_the_limit_are_refused(limit: Count, beyond: int) -> None:
    problems = check_blocks([limit.block(limit.most + beyond)], limit.surface)
    assert {one.code for one in problems} <= {"too_many_items", "too_large"}
    assert problems


@pytest.mark.parametrize("limit", [one for one in COUNTS if one.fewest], ids=lambda limit: limit.what)
def test_too_few_items_are_refused(limit: Count) -> None:
    assert check_blocks([limit.block(limit.fewest - 1)], limit.surface)


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
@given(beyond=st.integers(1, 100))
def test_each_surface_limits_its_blocks(surface: Place, most: int, beyond: int) -> None:
    assert check_blocks([{"type": "divider"}] * most, surface) == []
    [problem] = check_blocks([{"type": "divider"}] * (most + beyond), surface)
    assert str(problem) == f"no more than {most} items allowed [json-pointer:/blocks]"


@pytest.mark.parametrize(
    ("name", "longest", "wrap"),
    [
        ("title", 24, plain),
        ("submit", 24, plain),
        ("close", 24, plain),
        ("private_metadata", 3000, str),
        ("callback_id", 255, str),
        ("external_id", 255, str),
    ],
)
@given(beyond=st.integers(1, 500))
def test_view_fields_have_their_limits(name: str, longest: int, wrap: Callable[[str], Any], beyond: int) -> None:
    assert check_view(modal(section(), **{name: wrap("x" * longest)})) == []
    [problem] = check_view(modal(section(), **{name: wrap("x" * (longest + beyond))}))
    assert problem.message == f"must be less than {longest + 1} characters"
    assert problem.pointer.startswith(f"/view/{name}")


@pytest.mark.parametrize(
    ("name", "longest", "updating"),
    [("text", 40_000, False), ("text", 4_000, True), ("markdown_text", 12_000, False)],
)
@given(beyond=st.integers(1, 5000))
def test_message_fields_have_their_limits(name: str, longest: int, updating: bool, beyond: int) -> None:
    assert check_message({name: "x" * longest}, updating=updating) == []
    [problem] = check_message({name: "x" * (longest + beyond)}, updating=updating)
    assert (problem.error, problem.pointer) == ("msg_too_long", f"/{name}")


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
kinds = st.sampled_from(
    ["section", "actions", "input", "table", "data_table", "data_visualization", "plan", "carousel"]
)
names = st.sampled_from(["text", "elements", "element", "rows", "chart", "tasks", "fields", "block_id", "accessory"])
half_right = st.dictionaries(names, json_like, max_size=4).flatmap(
    lambda body: kinds.map(lambda kind: {**body, "type": kind})
)


@given(blocks=st.lists(half_right | json_like, max_size=5))
def test_nonsense_is_refused_without_an_exception(blocks: list[Any]) -> None:
    for surface in ("message", "modal", "home"):
        check_blocks(blocks, surface)
    check_message({"blocks": blocks, "attachments": blocks, "metadata": blocks})
    check_view({"type": "modal", "blocks": blocks, "title": blocks})
