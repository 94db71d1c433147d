"""A chart as Slack's own data_visualization, with its words beside it for those who do not see pictures."""

from handlers.slack.blocks.builders import Block, context, escape, shorten
from reporting.charts import Chart, ChartKind, Series

LONGEST_WORDS = 600  # what a chart shows stands in the message's other words too


def chart_blocks(chart: Chart) -> list[Block]:
    """The picture and its words."""
    return [{"type": "data_visualization", "title": chart.title, "chart": _drawn(chart)}, chart_words(chart)]


def chart_words(chart: Chart) -> Block:
    """The words alone, for windows, which take no pictures."""
    return context(f":bar_chart: {escape(shorten(chart.text, LONGEST_WORDS))}")


def _drawn(chart: Chart) -> Block:
    if chart.kind is ChartKind.PIE:
        return {"type": "pie", "segments": _points(chart.series[0])}
    axis: Block = {"categories": [point.label for point in chart.series[0].points]}
    return {
        "type": chart.kind.value,
        "series": [{"name": one.name, "data": _points(one)} for one in chart.series],
        "axis_config": axis | ({"y_label": shorten(chart.unit, 50)} if chart.unit else {}),
    }


def _points(series: Series) -> list[Block]:
    return [{"label": point.label, "value": float(point.value)} for point in series.points]
