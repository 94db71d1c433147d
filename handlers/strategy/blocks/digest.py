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
    header,
    section,
)
from handlers.slack.blocks.charts import chart_blocks
from handlers.strategy.blocks.tree import encode_subject, moment
from reporting.digest import Digest
from strategy.check_ins import MissingUpdate

MOST_SHOWN = 10


def build_digest_message(digest: Digest) -> Message:
    """Exceptions first, then what changed, then the rest; pictures last, each with its words."""
    blocks = [header(digest.title), context(escape(digest.period))]
    blocks += [section(digest.all_green)] if digest.all_green else []
    blocks += [section("\n".join(digest.headline))] if digest.headline else []
    blocks += _listed("Needs attention", [one.text for one in digest.exceptions], digest.more_exceptions)
    blocks += _listed("Changed since the last digest", digest.changes, digest.more_changes)
    for part in digest.sections:
        blocks += [divider(), *_listed(part.title, part.lines, part.more)]
    for chart in digest.charts:
        blocks += chart_blocks(chart)
    blocks.append(context("All of it, as far as you may see it: `/pmo-strategy`"))
    return build_message(digest.text, blocks)


def build_preview_message(digest: Digest, when: str) -> Message:
    """The same for one person before it is sent; `when` and where that will be is mrkdwn."""
    made = build_digest_message(digest)
    return made | {"blocks": [context(f"A preview, only for you. {when}"), *made["blocks"]][:50]}


def build_update_reminder(missing: Sequence[tuple[MissingUpdate, str]]) -> Message:
    """To whoever is asked; each missing update with its title."""
    words = "Your progress update is due:" if len(missing) == 1 else "Your progress updates are due:"
    lines = [f"*{escape(title)}*, {_since(one)}" for one, title in missing]
    write = [button("Write it", "update.write", encode_subject(one.subject)) for one, _ in missing]
    shown = [section(line, accessory=made) for line, made in zip(lines, write, strict=True)][:MOST_SHOWN]
    rest = [context(f"… and {len(lines) - MOST_SHOWN} more: `/pmo-update`")] if len(lines) > MOST_SHOWN else []
    return build_message("\n".join([words, *lines]), [section(words), *shown, *rest])


def _since(one: MissingUpdate) -> str:
    since = f"due {moment(one.due)}"
    return f"{since} (you stand in for its owner)" if one.reporter != one.owner else since


def _listed(title: str, lines: Sequence[str], more: int) -> list[Block]:
    if not lines and not more:
        return []
    rest = [f"… and {more} more"] if more else []
    return [section("\n".join([f"*{escape(title)}*", *lines, *rest]))]
