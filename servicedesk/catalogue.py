"""The service catalogue: one file that the organisation edits. It drives forms, targets, approval and delivery."""

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
MAX_FIELDS = 90  # a form is one modal of at most 100 blocks, headings and notes included
MAX_CHECKLIST_ITEMS = 10  # the most that Slack allows in a group of checkboxes

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ServiceKey = Annotated[
    str,
    match_pattern("[a-z][a-z0-9-]{0,59}", "Use at most 60 lowercase letters, digits and “-”, starting with a letter."),
]
YamlPath = tuple[str | int, ...]


def _parse_target(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("Write a target like “10 business days” or “4 business hours”.")
    try:
        return Target.parse(value)
    except UserError as refusal:
        raise ValueError(refusal.message) from None


TargetText = Annotated[Target, BeforeValidator(_parse_target)]

# The fields that the bot itself reads. The organisation may reword but not remove them.
REQUIRED_FIELDS = {
    "title": FieldKind.TEXT,
    "detail": FieldKind.LONG_TEXT,
    "project": FieldKind.PROJECT,
    "objective": FieldKind.OBJECTIVE,
    "need_by": FieldKind.DATE,
    "confidential": FieldKind.YES_NO,
    "watchers": FieldKind.PEOPLE,
}


class ServiceFamily(StrEnum):
    """Whether projects must take the service from the PMO, or may ask for it."""

    MANDATED = "mandated"
    NON_MANDATED = "non-mandated"


class ServiceKind(StrEnum):
    COMPLIANCE = "compliance"
    ASSURANCE = "assurance"
    VALUE = "value"


class Priority(StrEnum):
    EXPEDITE = "expedite"
    NORMAL = "normal"
    LOW = "low"


class TargetRule(Strict):
    """Targets by the value of a choice. Values that aren't listed get the service's own target."""

    field: Key
    when: dict[Key, TargetText]


class ApprovalRule(Strict):
    """When a request needs approval, and by whom. Approval is needed if any of the conditions holds.

    `by` lists roles in order. The first role that somebody other than the requester holds is asked. Holders of later
    roles may approve in their place, except for a confidential request, which only those who are asked can see.
    """

    by: Annotated[tuple[Role, ...], Limits(min_length=1)]
    target: TargetText = Target(2, "days")
    always: bool = False
    confidential: bool = False
    field: Key | None = None
    values: tuple[Key, ...] = ()


class DeliveryMilestone(Strict):
    """A stage of a long delivery, due when `percent` of the target is used."""

    label: OptionLabel
    percent: int = Limits(gt=0, le=100)


class Service(Strict):
    key: ServiceKey
    name: OptionLabel
    family: ServiceFamily
    kind: ServiceKind
    line: Line
    page: ServiceKey  # the handbook page that explains it
    deliverable: Line
    target: TargetText
    targets_by: TargetRule | None = None
    triage: TargetText | None = None
    effort_hours: int = Limits(default=8, ge=1, le=2000)
    approval: ApprovalRule | None = None
    mandatory_date: Key | None = None  # the field with a legal deadline: a request that has one goes first
    fields: tuple[Field, ...] = ()
    checklist: dict[Key, OptionLabel] = Limits(default_factory=dict)
    milestones: tuple[DeliveryMilestone, ...] = ()


class Acceptance(Strict):
    """What happens after delivery. Reminders count from delivery; reopening counts from delivery or closing."""

    remind_after: tuple[TargetText, ...] = (Target(2, "days"), Target(4, "days"))
    close_after: TargetText = Target(5, "days")
    reopen_within: TargetText = Target(10, "days")


class Catalogue(Strict):
    """All services, and what they share. `percents` is each priority's share of the usual delivery target."""

    triage: TargetText
    acceptance: Acceptance = Acceptance()
    percents: dict[Priority, Annotated[int, Limits(ge=10, le=1000)]] = Limits(default_factory=dict)
    common: tuple[Field, ...]
    services: Annotated[tuple[Service, ...], Limits(min_length=1)]

    def get_service(self, key: str) -> Service:
        """Raises NotFound, listing the services."""
        if service := self.find_service(key):
            return service
        keys = ", ".join(service.key for service in self.services)
        raise NotFound(f"“{key}” isn't a service. Choose one of {keys}.")

    def find_service(self, key: str) -> Service | None:
        """The service; None if it is no longer offered, which old requests survive."""
        return next((service for service in self.services if service.key == key), None)

    def list_form_fields(self, key: str) -> tuple[Field, ...]:
        """The fields of the service's form, in order.

        First the required common fields, then the service's own, then the optional common fields.
        """
        needed = tuple(field for field in self.common if field.required)
        spare = tuple(field for field in self.common if not field.required)
        return needed + self.get_service(key).fields + spare

    def find_triage_target(self, key: str) -> Target:
        return self.get_service(key).triage or self.triage

    def find_delivery_target(self, key: str, values: Mapping[str, object], priority: Priority) -> Target:
        """The service's delivery target, by the value of a field if the service has such a rule, and by priority."""
        service = self.get_service(key)
        target = service.target
        if rule := service.targets_by:
            target = rule.when.get(str(values.get(rule.field)), target)
        return Target(target.amount, target.unit, self.percents.get(priority, 100))

    def find_approval_rule(self, key: str, values: Mapping[str, object]) -> ApprovalRule | None:
        """The rule by which a request with these values needs approval, if it does."""
        rule = self.get_service(key).approval
        if rule is None:
            return None
        confidential = rule.confidential and values.get("confidential") is True
        by_field = rule.field is not None and values.get(rule.field) in rule.values
        return rule if rule.always or confidential or by_field else None


def read_catalogue(path: Path = SHIPPED) -> Catalogue:
    """Read and validate the catalogue.

    Raises:
        BadFile: all problems, each with its line and field.
    """
    text = read_text(path)
    catalogue = parse_yaml(text, Catalogue, name=str(path))
    problems = [
        FileProblem(str(path), find_line(text, where), ".".join(map(str, where)), message)
        for where, message in _find_problems(catalogue)
    ]
    if problems:
        raise BadFile(problems)
    return catalogue


def _find_problems(catalogue: Catalogue) -> Iterator[tuple[YamlPath, str]]:
    yield from _find_common_problems(catalogue)
    seen: set[str] = set()
    for number, service in enumerate(catalogue.services):
        where: YamlPath = ("services", number)
        if service.key in seen:
            yield (*where, "key"), f"The service “{service.key}” is defined twice."
        seen.add(service.key)
        yield from _find_service_problems(catalogue, service, where)


def _find_common_problems(catalogue: Catalogue) -> Iterator[tuple[YamlPath, str]]:
    kinds = {field.key: field.kind for field in catalogue.common}
    for key, kind in REQUIRED_FIELDS.items():
        if kinds.get(key) is not kind:
            yield ("common",), f"The common fields must include “{key}” of kind {kind}."
    yield from _find_field_problems(catalogue.common, {}, ("common",))


def _find_service_problems(catalogue: Catalogue, service: Service, where: YamlPath) -> Iterator[tuple[YamlPath, str]]:
    common = {field.key: field for field in catalogue.common}
    fields = common | {field.key: field for field in service.fields}
    yield from _find_field_problems(service.fields, common, (*where, "fields"))
    if len(fields) > MAX_FIELDS:
        yield (*where, "fields"), f"A form can have at most {MAX_FIELDS} fields, including the common ones."
    if len(service.checklist) > MAX_CHECKLIST_ITEMS:
        yield (*where, "checklist"), f"A checklist can have at most {MAX_CHECKLIST_ITEMS} items."
    if service.targets_by:
        rule = service.targets_by
        yield from _find_value_problems(fields, rule.field, tuple(rule.when), (*where, "targets_by"), "when")
    if service.approval and service.approval.field:
        approval = service.approval
        yield from _find_value_problems(fields, service.approval.field, approval.values, (*where, "approval"), "values")
    if service.mandatory_date and _kind_of(fields, service.mandatory_date) is not FieldKind.DATE:
        yield (*where, "mandatory_date"), f"This form has no date field “{service.mandatory_date}”."


def _find_field_problems(
    fields: tuple[Field, ...], known: Mapping[str, Field], where: YamlPath
) -> Iterator[tuple[YamlPath, str]]:
    seen = dict(known)
    for number, field in enumerate(fields):
        if field.key in seen:
            yield (*where, number, "key"), f"The field “{field.key}” is in this form twice."
        seen[field.key] = field
        if problem := field.find_problem():
            yield (*where, number, "kind"), problem
    for number, field in enumerate(fields):
        if field.after and _kind_of(seen, field.after) is not FieldKind.DATE:
            yield (*where, number, "after"), f"This form has no date field “{field.after}”."


def _find_value_problems(
    fields: Mapping[str, Field], key: str, values: tuple[str, ...], where: YamlPath, part: str
) -> Iterator[tuple[YamlPath, str]]:
    if _kind_of(fields, key) is not FieldKind.CHOICE:
        yield (*where, "field"), f"This form has no choice field “{key}”."
        return
    for value in values:
        if value not in fields[key].options:
            yield (*where, part), f"“{key}” has no option “{value}”."


def _kind_of(fields: Mapping[str, Field], key: str) -> FieldKind | None:
    return fields[key].kind if key in fields else None
