"""A chart as Slack's own data_visualization, with the same content as text for people who can't see it."""

from handlers.slack.blocks.builders import Block, context, escape, shorten
from reporting.charts import Chart, ChartKind, Series

_SIGN = ":bar_chart:"
LONGEST_TEXT = 600  # characters; the rest of the message has the same figures


def build_chart_blocks(chart: Chart) -> list[Block]:
    """The chart, followed by its text."""
    return [{"type": "data_visualization", "title": chart.title, "chart": _build_chart(chart)}, build_chart_text(chart)]


def build_chart_text(chart: Chart) -> Block:
    """The text alone, for modals, which can't show charts."""
    return context(f"{_SIGN} {escape(shorten(chart.text, LONGEST_TEXT))}")


def names_chart(block: Block) -> bool:
    """Whether this is the text of the chart above it."""
    return block.get("type") == "context" and str(block["elements"][0].get("text", "")).startswith(_SIGN)


def list_chart_values(block: Block) -> list[str]:
    """What a chart's block shows, a line for each series: “Actual: March 3, April 5”."""
    chart = block.get("chart") or {}
    series = chart.get("series") or [{"name": "", "data": chart.get("segments") or ()}]
    lines = []
    for one in series:
        values = ", ".join(f"{point.get('label')} {point.get('value'):g}" for point in one.get("data") or ())
        lines.append(f"{one['name']}: {values}" if one.get("name") else values)
    return lines


def _build_chart(chart: Chart) -> Block:
    if chart.kind is ChartKind.PIE:
        return {"type": "pie", "segments": _build_points(chart.series[0])}
    axis: Block = {"categories": [point.label for point in chart.series[0].points]}
    return {
        "type": chart.kind.value,
        "series": [{"name": one.name, "data": _build_points(one)} for one in chart.series],
        "axis_config": axis | ({"y_label": shorten(chart.unit, 50)} if chart.unit else {}),
    }


def _build_points(series: Series) -> list[Block]:
    return [{"label": point.label, "value": float(point.value)} for point in series.points]
