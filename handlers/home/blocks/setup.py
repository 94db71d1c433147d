"""The steps of setting up a new organisation, as blocks of the App Home."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.slack.blocks.builders import Block, button, context, section


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One step. `advice` is mrkdwn: what is missing, and the command or edit that adds it.

    An optional step has a default that may be what the organisation wants. `can_preview` adds a button.
    """

    name: str
    is_done: bool
    advice: str
    is_optional: bool = False
    can_preview: bool = False


def build_setup_blocks(steps: Sequence[SetupStep]) -> list[Block]:
    """All steps, so that one can see how far one is."""
    missing = sum(not step.is_done and not step.is_optional for step in steps)
    left = "One step is missing." if missing == 1 else f"{missing} steps are missing."
    note = "Only the head of the PMO sees this list. It goes away once nothing is missing."
    return [section(f"*Set up PMO Assistant*\n{left}"), *map(_build_step, steps), context(note)]


def build_sample_note() -> list[Block]:
    """What to do instead of setting up the sample organisation."""
    return [
        context(
            "These are sample people and sample data. To use your own: `cp bot/sample/organisation.yaml "
            "organisation.yaml`, edit the copy, then start the bot with `PMO_ORGANISATION=organisation.yaml`."
        )
    ]


def _build_step(step: SetupStep) -> Block:
    if step.is_done:
        return section(f":white_check_mark: {step.name}")
    mark = ":small_blue_diamond:" if step.is_optional else ":white_large_square:"
    optional = " (optional)" if step.is_optional else ""
    more = {"accessory": button("Preview the next digest", "setup.digest", "next")} if step.can_preview else {}
    return section(f"{mark} *{step.name}*{optional}: {step.advice}", **more)
