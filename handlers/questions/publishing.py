"""Whether an answer in a channel is for everybody there, by the pillars' tables of who may know which record."""

from collections.abc import Collection, Iterable

from foundation.access import PersonKind
from foundation.people import Person
from foundation.record_kinds import RecordKind
from handlers.questions.answerers import Reply
from handlers.slack.calls import DeferredCall
from handlers.slack.payloads import Place
from servicedesk.record_access import DESK_ACCESS, can_publish_desk, check_can_ask_desk
from strategy.record_access import can_publish_strategy, check_can_ask_strategy

MOST_LOOKED_UP = 20  # members; among more strangers, somebody may not know the answer


def can_publish(call: DeferredCall, place: Place, reply: Reply) -> bool:
    """Whether everybody where the question was asked may know all of the answer. It may wait for Slack.

    Small talk is for one person, and so is everything if it isn't known who else is there.
    """
    if reply.answer is None or place.is_private or place.is_direct or not place.channel:
        return False
    members = call.ctx.find_members(place.channel)
    records = list_records(reply)
    if members is None or (records and not _look_up_strangers(call, members)):
        return False
    return _can_all_know(call, records, [_judge_reader(call, member) for member in members])


def check_can_ask(asker: Person, records: Iterable[RecordKind]) -> None:
    """Raises NotAllowed: one of the records isn't for the asker."""
    for kind in records:
        if kind in DESK_ACCESS:
            check_can_ask_desk(kind, asker)
        else:
            check_can_ask_strategy(kind, asker)


def list_records(reply: Reply) -> list[RecordKind]:
    """The kinds of records that the reply shows."""
    return [reply.record, *reply.more_records] if reply.record else []


def _look_up_strangers(call: DeferredCall, members: Collection[str]) -> bool:
    """Ask who the members are who aren't listed, unless there are too many."""
    people, directory = call.ctx.people, call.ctx.directory
    unknown = [one for one in members if one not in people and directory.recall(one) is PersonKind.UNKNOWN]
    for user in unknown[:MOST_LOOKED_UP]:
        directory.look_up(user)
    return len(unknown) <= MOST_LOOKED_UP


def _judge_reader(call: DeferredCall, member: str) -> Person:
    """A member of the channel. Another app there reads what a member reads, as it always did."""
    person = call.ctx.people.get(member)
    return Person(member, member) if person.kind is PersonKind.BOT else person


def _can_all_know(call: DeferredCall, records: Collection[RecordKind], readers: Collection[Person]) -> bool:
    """Whether the readers may know every record. The handbook's own words are for everybody in the organisation."""
    desk = [kind for kind in records if kind in DESK_ACCESS]
    others = [kind for kind in records if kind not in DESK_ACCESS]
    strategy = call.read(lambda tx: tx.strategy.get_current()) if others else None
    return all(can_publish_desk(kind, readers) for kind in desk) and all(
        can_publish_strategy(kind, call.person, readers, strategy) for kind in others
    )
