"""A question for records, read from one clause."""

from dataclasses import dataclass

from foundation.record_kinds import RecordKind
from handlers.questions.records.names import Name, NameKind
from handlers.questions.records.periods import Period
from reporting.by_status import StatusFilter
from strategy.records import Subject, SubjectKind

SUBJECT_NAMES = frozenset({NameKind.PROJECT, NameKind.OBJECTIVE})
THING_NAMES = SUBJECT_NAMES | {NameKind.METRIC, NameKind.MILESTONE}


@dataclass(frozen=True, slots=True)
class RecordQuestion:
    """One question for records. `names` are what it names, `cues` what else it shows (grammar.yaml)."""

    kind: RecordKind
    text: str
    names: tuple[Name, ...] = ()
    cues: frozenset[str] = frozenset()
    period: Period | None = None
    numbers: tuple[int, ...] = ()  # of requests
    masked: str = ""  # the words, with placeholders for the names
    unknown: str = ""  # as typed: a name that nobody knows

    @property
    def state(self) -> StatusFilter | None:
        """The status asked for. Red or amber, and anything wrong, mean trouble."""
        if "troubled" in self.cues or {"red", "amber"} <= self.cues:
            return StatusFilter.TROUBLED
        found = (state for state in StatusFilter if state.name.lower() in self.cues)
        return next(found, None)

    @property
    def subject_kind(self) -> SubjectKind | None:
        """Whether it speaks of projects or of objectives only."""
        spoken = [kind for kind in SubjectKind if f"{kind.value}s" in self.cues]
        return spoken[0] if len(spoken) == 1 else None

    def list_keys(self, kind: NameKind) -> tuple[str, ...]:
        return tuple(name.key for name in self.names if name.kind is kind)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return tuple(
            Subject(SubjectKind(name.kind.value), name.key) for name in self.names if name.kind in SUBJECT_NAMES
        )
