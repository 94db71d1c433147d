"""Telling the PMO that something needs its attention: in the triage channel, or directly if that is what's broken."""

from handlers.context import AppContext
from handlers.slack.blocks.builders import Message, escape
from servicedesk.permissions import find_pmo_leads, find_pmo_staff
from storage.store import Transaction


def tell_pmo(tx: Transaction, ctx: AppContext, message: Message, *, key: str, directly: bool = False) -> None:
    """Post the message, once for each `key`: to triage or, if `directly`, to everybody who leads the PMO.

    The latter also if other organisations read the triage channel.
    If the triage channel turns out to be broken, the first of them gets it.
    """
    people = find_menders(ctx)
    if directly or ctx.is_shared(ctx.channels.triage):
        for person in people:
            tx.outbox.post(person, message, key=f"{key}:{person}")
    else:
        tx.outbox.post(ctx.channels.triage, message, key=key, person=next(iter(people), None))


def find_menders(ctx: AppContext) -> list[str]:
    """Who can mend the triage channel: the PMO's leads; if there are none, its staff."""
    return [person.id for person in find_pmo_leads(ctx.people) or find_pmo_staff(ctx.people)]


def explain_unposted(ctx: AppContext, what: str) -> str:
    """To whoever made something that couldn't be shown in triage: it's safe, and who can mend it. Mrkdwn."""
    names = " and ".join(escape(ctx.people.get(person).name) for person in find_menders(ctx)[:3]) or "The PMO"
    return f":warning: {what} is safe, but I couldn't show it in the PMO's channel. {names} can mend that and knows."
