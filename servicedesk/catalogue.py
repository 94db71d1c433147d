"""The catalogue of services: one file that the organisation edits. It drives forms, targets, approval and delivery."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints
from pydantic import Field as Limits

from foundation.errors import NotFound, UserError
from foundation.files import BadFile, FileProblem, Strict, find_line, match_pattern, parse_yaml, read_text
from foundation.people import Role
from servicedesk.clock import Target
from servicedesk.fields import Field, FieldKind, Key, OptionLabel

SHIPPED = Path(__file__).with_name("catalogue.yaml")
MOST_FIELDS = 90  # a form is one modal of at most 100 blocks; the rest is for its headings and notes
MOST_CHECKS = 10  # a group of check boxes holds no more

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ServiceKey = Annotated[str, match_pattern("[a-z][a-z0-9-]{0,59}", "Expected at most 60 small letters, digits and “-”.")]
Path_ = tuple[str | int, ...]


def _target(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("Write a target as “10 business days” or “4 business hours”.")
    try:
        return Target.parse(value)
    except UserError as refusal:
        raise ValueError(refusal.message) from None


TargetText = Annotated[Target, BeforeValidator(_target)]

# The fields that the product itself reads; the organisation may reword them, not remove them.
NEEDED = {
    "title": FieldKind.TEXT,
    "detail": FieldKind.LONG_TEXT,
    "project": FieldKind.PROJECT,
    "objective": FieldKind.OBJECTIVE,
    "need_by": FieldKind.DATE,
    "confidential": FieldKind.YES_NO,
    "watchers": FieldKind.PEOPLE,
}


class Family(StrEnum):
    """Whether projects must take the service, from the PMO alone, or may ask for it."""

    MANDATED = "mandated"
    NON_MANDATED = "non-mandated"


class Kind(StrEnum):
    COMPLIANCE = "compliance"
    ASSURANCE = "assurance"
    VALUE = "value"


class Priority(StrEnum):
    EXPEDITE = "expedite"
    NORMAL = "normal"
    LOW = "low"


class TargetRule(Strict):
    """Targets that depend on the value of a choice; a value that is not named takes the service's own target."""

    field: Key
    when: dict[Key, TargetText]


class Approval(Strict):
    """When a request needs approval, and by whom. It is needed when any of the conditions holds.

    `by` are roles in order. The first that has somebody else than the requester is asked; whoever holds a later one
    may approve in their place, except for a confidential request, which those alone may see who are asked.
    """

    by: Annotated[tuple[Role, ...], Limits(min_length=1)]
    target: TargetText = Target(2, "days")
    always: bool = False
    confidential: bool = False
    field: Key | None = None
    values: tuple[Key, ...] = ()


class Milestone(Strict):
    """A stage of a long delivery, expected when `percent` of the target is used."""

    label: OptionLabel
    percent: int = Limits(gt=0, le=100)


class Service(Strict):
    key: ServiceKey
    name: OptionLabel
    family: Family
    kind: Kind
    line: Line
    page: ServiceKey  # the page of the handbook that explains it
    deliverable: Line
    target: TargetText
    targets_by: TargetRule | None = None
    triage: TargetText | None = None
    effort_hours: int = Limits(default=8, ge=1, le=2000)
    approval: Approval | None = None
    mandatory_date: Key | None = None  # the field with a date set by law: with it, a request goes first
    fields: tuple[Field, ...] = ()
    checklist: dict[Key, OptionLabel] = Limits(default_factory=dict)
    milestones: tuple[Milestone, ...] = ()


class Acceptance(Strict):
    """What happens after delivery. Reminders count from delivery, reopening from the delivery or the closing."""

    remind_after: tuple[TargetText, ...] = (Target(2, "days"), Target(4, "days"))
    close_after: TargetText = Target(5, "days")
    reopen_within: TargetText = Target(10, "days")


class Catalogue(Strict):
    """All services, and what they have in common. `percents` is a priority's share of the usual delivery target."""

    triage: TargetText
    acceptance: Acceptance = Acceptance()
    percents: dict[Priority, Annotated[int, Limits(ge=10, le=1000)]] = Limits(default_factory=dict)
    common: tuple[Field, ...]
    services: Annotated[tuple[Service, ...], Limits(min_length=1)]

    def service(self, key: str) -> Service:
        """Raises NotFound, naming the services there are."""
        if service := self.find(key):
            return service
        keys = ", ".join(service.key for service in self.services)
        raise NotFound(f"There is no service “{key}”. Choose one of: {keys}.")

    def find(self, key: str) -> Service | None:
        """The service, or None where an old request outlived it."""
        return next((service for service in self.services if service.key == key), None)

    def form(self, key: str) -> tuple[Field, ...]:
        """The fields of a request for the service, in the order in which they are asked.

        First what every request needs, then what this service needs, at last what may be left out.
        """
        needed = tuple(field for field in self.common if field.required)
        spare = tuple(field for field in self.common if not field.required)
        return needed + self.service(key).fields + spare

    def triage_target(self, key: str) -> Target:
        return self.service(key).triage or self.triage

    def delivery_target(self, key: str, values: Mapping[str, object], priority: Priority) -> Target:
        """The target of the service, by the value of a field where it says so, and by priority."""
        service = self.service(key)
        target = service.target
        if rule := service.targets_by:
            target = rule.when.get(str(values.get(rule.field)), target)
        return Target(target.amount, target.unit, self.percents.get(priority, 100))

    def approval(self, key: str, values: Mapping[str, object]) -> Approval | None:
        """The approval that a request with these values needs, if any."""
        rule = self.service(key).approval
        if rule is None:
            return None
        confidential = rule.confidential and values.get("confidential") is True
        by_field = rule.field is not None and values.get(rule.field) in rule.values
        return rule if rule.always or confidential or by_field else None


def read_catalogue(path: Path = SHIPPED) -> Catalogue:
    """Read and check the catalogue.

    Raises:
        BadFile: every problem in it, each with its line and field.
    """
    text = read_text(path)
    catalogue = parse_yaml(text, Catalogue, name=str(path))
    problems = [
        FileProblem(str(path), find_line(text, where), ".".join(map(str, where)), message)
        for where, message in _troubles(catalogue)
    ]
    if problems:
        raise BadFile(problems)
    return catalogue


def _troubles(catalogue: Catalogue) -> Iterator[tuple[Path_, str]]:
    yield from _common_troubles(catalogue)
    seen: set[str] = set()
    for number, service in enumerate(catalogue.services):
        where: Path_ = ("services", number)
        if service.key in seen:
            yield (*where, "key"), f"The service “{service.key}” stands in the file twice."
        seen.add(service.key)
        yield from _service_troubles(catalogue, service, where)


def _common_troubles(catalogue: Catalogue) -> Iterator[tuple[Path_, str]]:
    kinds = {field.key: field.kind for field in catalogue.common}
    for key, kind in NEEDED.items():
        if kinds.get(key) is not kind:
            yield ("common",), f"The common fields must have “{key}”, of kind {kind}."
    yield from _field_troubles(catalogue.common, {}, ("common",))


def _service_troubles(catalogue: Catalogue, service: Service, where: Path_) -> Iterator[tuple[Path_, str]]:
    common = {field.key: field for field in catalogue.common}
    fields = common | {field.key: field for field in service.fields}
    yield from _field_troubles(service.fields, common, (*where, "fields"))
    if len(fields) > MOST_FIELDS:
        yield (*where, "fields"), f"A form has at most {MOST_FIELDS} fields, the common ones included."
    if len(service.checklist) > MOST_CHECKS:
        yield (*where, "checklist"), f"A checklist has at most {MOST_CHECKS} items."
    if service.targets_by:
        rule = service.targets_by
        yield from _values_troubles(fields, rule.field, tuple(rule.when), (*where, "targets_by"), "when")
    if service.approval and service.approval.field:
        approval = service.approval
        yield from _values_troubles(fields, service.approval.field, approval.values, (*where, "approval"), "values")
    if service.mandatory_date and _kind(fields, service.mandatory_date) is not FieldKind.DATE:
        yield (*where, "mandatory_date"), f"“{service.mandatory_date}” is no date of this form."


def _field_troubles(fields: tuple[Field, ...], known: Mapping[str, Field], where: Path_) -> Iterator[tuple[Path_, str]]:
    seen = dict(known)
    for number, field in enumerate(fields):
        if field.key in seen:
            yield (*where, number, "key"), f"The field “{field.key}” stands in this form twice."
        seen[field.key] = field
        if trouble := field.trouble():
            yield (*where, number, "kind"), trouble
    for number, field in enumerate(fields):
        if field.after and _kind(seen, field.after) is not FieldKind.DATE:
            yield (*where, number, "after"), f"“{field.after}” is no date of this form."


def _values_troubles(
    fields: Mapping[str, Field], key: str, values: tuple[str, ...], where: Path_, part: str
) -> Iterator[tuple[Path_, str]]:
    if _kind(fields, key) is not FieldKind.CHOICE:
        yield (*where, "field"), f"“{key}” is no choice of this form."
        return
    for value in values:
        if value not in fields[key].options:
            yield (*where, part), f"“{value}” is no option of “{key}”."


def _kind(fields: Mapping[str, Field], key: str) -> FieldKind | None:
    return fields[key].kind if key in fields else None
