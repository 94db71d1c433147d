"""Recording a value of a metric: the form and its confirmation."""

from collections.abc import Sequence
from datetime import date

from handlers.slack.blocks.builders import (
    Block,
    Message,
    build_message,
    build_modal,
    context,
    escape,
    input_block,
    plain_text,
)
from reporting.numbers import format_date, format_quantity
from strategy.measurements import CONFIRMATION
from strategy.records import Measurement, Metric

MOST_CHOICES = 100


def build_measurement_modal(metrics: Sequence[Metric], today: date) -> Block:
    """The form. `metrics` are those that the person can measure, at least one."""
    choices = [_build_choice(metric) for metric in metrics[:MOST_CHOICES]]
    select = {"type": "static_select", "action_id": "measure.metric", "options": choices, "initial_option": choices[0]}
    day = {"type": "datepicker", "action_id": "measure.on", "initial_date": today.isoformat()}
    value = {
        "type": "plain_text_input",
        "action_id": "measure.value",
        "max_length": 40,
        "placeholder": plain_text("54.2"),
    }
    blocks = [
        input_block("metric", "Metric", select),
        input_block("value", "Value", value | {"focus_on_load": True}),
        input_block("on", "Measured on", day),
        input_block("sure", "If it's far from the last value", _build_confirmation(), optional=True),
        context("If that day already has a value, yours replaces it."),
    ]
    return build_modal("Record a value", blocks, submit="Record", callback_id="strategy.measure")


def build_measurement_message(metric: Metric, found: Measurement) -> Message:
    value = escape(format_quantity(found.value, metric.unit, 6))
    corrected = " This replaces the earlier value for that day." if found.revision > 1 else ""
    return build_message(f"Recorded: *{escape(metric.name)}* was {value} on {format_date(found.on)}.{corrected}")


def _build_confirmation() -> Block:
    return {
        "type": "checkboxes",
        "action_id": "measure.sure",
        "options": [{"text": plain_text(CONFIRMATION), "value": "sure"}],
    }


def _build_choice(metric: Metric) -> Block:
    return {"text": plain_text(f"{metric.name} ({metric.unit})", 75), "value": metric.key}
