"""A digest as a message, and the reminders of updates that are due."""

from collections.abc import Sequence

from handlers.slack.blocks.builders import (
    Block,
    Message,
    build_message,
    button,
    context,
    divider,
    escape,
    format_time,
    header,
    section,
)
from handlers.slack.blocks.charts import build_chart_blocks
from handlers.strategy.blocks.tree import encode_subject
from reporting.digest import Digest
from strategy.check_ins import MissingUpdate

MOST_SHOWN = 10


def build_digest_message(digest: Digest) -> Message:
    """Exceptions first, then the changes, then the sections; charts last, each with its text."""
    blocks = [header(digest.title), context(escape(digest.period))]
    blocks += [section(digest.all_green)] if digest.all_green else []
    blocks += [section("\n".join(digest.headline))] if digest.headline else []
    blocks += _build_list("Needs attention", [one.text for one in digest.exceptions], digest.more_exceptions)
    blocks += _build_list("Changes since the last digest", digest.changes, digest.more_changes)
    for part in digest.sections:
        blocks += [divider(), *_build_list(part.title, part.lines, part.more)]
    for chart in digest.charts:
        blocks += build_chart_blocks(chart)
    blocks.append(context("See everything you have access to: `/pmo-strategy`"))
    return build_message(digest.text, blocks)


def build_preview_message(digest: Digest, when: str) -> Message:
    """The same for one person before it is sent. `when` says when and where, as mrkdwn."""
    message = build_digest_message(digest)
    return message | {"blocks": [context(f"Preview, visible only to you. {when}"), *message["blocks"]][:50]}


def build_update_reminder(missing: Sequence[tuple[MissingUpdate, str]]) -> Message:
    """For the person who owes updates, each with its subject's title."""
    heading = "Your progress update is due:" if len(missing) == 1 else "Your progress updates are due:"
    lines = [f"*{escape(title)}*, {_format_due(one)}" for one, title in missing]
    buttons = [button("Write an update", "update.write", encode_subject(one.subject)) for one, _ in missing]
    sections = [section(line, accessory=opener) for line, opener in zip(lines, buttons, strict=True)][:MOST_SHOWN]
    rest = [context(f"… and {len(lines) - MOST_SHOWN} more: `/pmo-update`")] if len(lines) > MOST_SHOWN else []
    return build_message("\n".join([heading, *lines]), [section(heading), *sections, *rest])


def _format_due(one: MissingUpdate) -> str:
    since = f"due {format_time(one.due)}"
    return f"{since} (you're covering for its owner)" if one.reporter != one.owner else since


def _build_list(title: str, lines: Sequence[str], more: int) -> list[Block]:
    if not lines and not more:
        return []
    rest = [f"… and {more} more"] if more else []
    return [section("\n".join([f"*{escape(title)}*", *lines, *rest]))]
