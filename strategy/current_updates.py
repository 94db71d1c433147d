"""The updates that tell how things stand now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from strategy.records import ProgressUpdate, Subject


@dataclass(frozen=True)
class CurrentUpdates:
    """Of each subject the update written last, and that of the latest slot: usually one and the same.

    From these follow the owner's status and what is overdue, however many updates were written before them.
    """

    last_written: Mapping[Subject, ProgressUpdate] = field(default_factory=dict)
    last_slot: Mapping[Subject, ProgressUpdate] = field(default_factory=dict)

    @cached_property
    def every(self) -> tuple[ProgressUpdate, ...]:
        """All of them, each once."""
        others = (one for subject, one in self.last_slot.items() if self.last_written[subject] is not one)
        return (*self.last_written.values(), *others)

    def add(self, updates: Iterable[ProgressUpdate]) -> "CurrentUpdates":
        """These updates too. An update with the slot of a known one is a correction or an acknowledgement of it."""
        written, slots = dict(self.last_written), dict(self.last_slot)
        for one in updates:
            known = written.get(one.subject)
            if known is None or _is_newer(one, known, one.at >= known.at):
                written[one.subject] = one
            known = slots.get(one.subject)
            if known is None or _is_newer(one, known, one.slot > known.slot):
                slots[one.subject] = one
        return CurrentUpdates(written, slots)


def _is_newer(update: ProgressUpdate, known: ProgressUpdate, goes_after: bool) -> bool:
    return update.revision >= known.revision if update.slot == known.slot else goes_after
