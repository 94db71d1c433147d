"""The shipped catalogue keeps its promises, and a broken one is told by line and field."""

import re

import pytest

from foundation.errors import NotFound
from foundation.files import BadFile
from foundation.people import Role
from servicedesk.catalogue import SHIPPED, ApprovalRule, Priority, ServiceFamily, ServiceKind, read_catalogue
from servicedesk.clock import Target
from servicedesk.fields import CHOICE_KINDS, FieldKind

CATALOGUE = read_catalogue()
KEYS = [service.key for service in CATALOGUE.services]


def test_the_nine_services_of_a_pmo_are_there():
    assert [(service.key, service.family, service.kind) for service in CATALOGUE.services] == [
        ("regulatory-compliance", ServiceFamily.MANDATED, ServiceKind.COMPLIANCE),
        ("framework-development", ServiceFamily.MANDATED, ServiceKind.COMPLIANCE),
        ("methodology-compliance", ServiceFamily.MANDATED, ServiceKind.COMPLIANCE),
        ("health-check", ServiceFamily.MANDATED, ServiceKind.ASSURANCE),
        ("quality-review", ServiceFamily.MANDATED, ServiceKind.ASSURANCE),
        ("risk-assurance", ServiceFamily.MANDATED, ServiceKind.ASSURANCE),
        ("change-management", ServiceFamily.NON_MANDATED, ServiceKind.VALUE),
        ("capacity-building", ServiceFamily.NON_MANDATED, ServiceKind.VALUE),
        ("methods-and-tools", ServiceFamily.NON_MANDATED, ServiceKind.VALUE),
    ]


@pytest.mark.parametrize(
    ("service", "values", "days"),
    [
        ("regulatory-compliance", {}, 10),
        ("framework-development", {}, 30),
        ("methodology-compliance", {}, 5),
        ("health-check", {}, 10),
        ("quality-review", {}, 5),
        ("risk-assurance", {}, 8),
        ("change-management", {}, 15),
        ("capacity-building", {"mode": "mentoring"}, 5),
        ("capacity-building", {"mode": "training"}, 20),
        ("methods-and-tools", {"need": "how_to"}, 2),
        ("methods-and-tools", {"need": "template"}, 10),
    ],
)
def test_targets_are_those_the_handbook_promises(service, values, days):
    assert CATALOGUE.find_delivery_target(service, values, Priority.NORMAL) == Target(days, "days")


def test_triage_takes_a_day_and_four_hours_for_regulation():
    triage = {key: CATALOGUE.find_triage_target(key) for key in KEYS}
    assert triage.pop("regulatory-compliance") == Target(4, "hours")
    assert set(triage.values()) == {Target(1, "days")}


def test_an_expedited_request_has_half_the_time():
    assert str(CATALOGUE.find_delivery_target("health-check", {}, Priority.EXPEDITE)) == "10 business days at 50 %"


def test_a_framework_always_needs_approval_and_a_health_check_never():
    approval = CATALOGUE.find_approval_rule("framework-development", {})
    assert approval is not None
    assert approval.by[0] is Role.PMO_LEAD
    assert CATALOGUE.find_approval_rule("health-check", {"confidential": True}) is None


def test_a_change_needs_approval_only_when_it_is_confidential():
    assert CATALOGUE.find_approval_rule("change-management", {"confidential": True})
    assert not CATALOGUE.find_approval_rule("change-management", {"confidential": False})


def test_approval_may_depend_on_an_answer():
    rule = ApprovalRule(by=(Role.PMO_LEAD,), field="budget_band", values=("large",))
    services = [CATALOGUE.get_service("health-check").model_copy(update={"approval": rule})]
    careful = CATALOGUE.model_copy(update={"services": services})
    assert careful.find_approval_rule("health-check", {"budget_band": "large"}) is rule
    assert careful.find_approval_rule("health-check", {"budget_band": "small"}) is None


def test_a_framework_has_three_milestones():
    assert [milestone.percent for milestone in CATALOGUE.get_service("framework-development").milestones] == [
        30,
        70,
        100,
    ]


@pytest.mark.parametrize("key", KEYS)
def test_every_form_fits_a_modal_and_its_inputs(key):
    """One block a field, and few enough of everything for a modal: 100 blocks, 100 options, 10 check boxes."""
    form = CATALOGUE.list_form_fields(key)
    assert len(form) <= 40, "a form people will fill in"
    for field in form:
        assert len(field.options) <= 100
        assert (field.kind in CHOICE_KINDS) == bool(field.options)
    assert 1 <= len(CATALOGUE.get_service(key).checklist) <= 10


def test_an_unknown_service_is_told_with_those_there_are():
    with pytest.raises(NotFound, match=r"no service “coffee”\. Choose one of: regulatory-compliance, framework"):
        CATALOGUE.get_service("coffee")


def _broken(tmp_path, old, new, count=1):
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "catalogue.yaml"
    path.write_text(text.replace(old, new, count), encoding="utf-8")
    with pytest.raises(BadFile) as refusal:
        read_catalogue(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        (problem.field, problem.message, lines[(problem.line or 1) - 1].strip()) for problem in refusal.value.problems
    ]


@pytest.mark.parametrize(
    ("old", "new", "field", "message", "line"),
    [
        (
            "key: health-check",
            "key: quality-review",
            "services.4.key",
            "The service “quality-review” stands in the file twice.",
            "- key: quality-review",
        ),
        (
            "key: concerns",
            "key: trigger",
            "services.3.fields.4.key",
            "The field “trigger” stands in this form twice.",
            "- key: trigger",
        ),
        (
            "key: concerns",
            "key: title",
            "services.3.fields.4.key",
            "The field “title” stands in this form twice.",
            "- key: title",
        ),
        (
            "        options:\n          agile: Agile\n          waterfall: Waterfall\n          hybrid: Hybrid\n",
            "",
            "services.2.fields.0.kind",
            "A choice needs its options.",
            "kind: choice",
        ),
        (
            "field: need\n",
            "field: needs\n",
            "services.8.targets_by.field",
            "“needs” is no choice of this form.",
            "field: needs",
        ),
        (
            "how_to: 2 business days",
            "howto: 2 business days",
            "services.8.targets_by.when",
            "“howto” is no option of “need”.",
            "when:",
        ),
        (
            "after: from_date",
            "after: start",
            "services.7.fields.5.after",
            "“start” is no date of this form.",
            "after: start",
        ),
        (
            "mandatory_date: deadline",
            "mandatory_date: gap",
            "services.0.mandatory_date",
            "“gap” is no date of this form.",
            "mandatory_date: gap",
        ),
        (
            "key: need_by\n",
            "key: wanted_by\n",
            "common",
            "The common fields must have “need_by”, of kind date.",
            "common:",
        ),
        (
            "target: 30 business days",
            "target: 30 days",
            "services.1.target",
            "“30 days” is no target. Write it as “10 business days” or “4 business hours”.",
            "target: 30 days",
        ),
        (
            "kind: people\n    hint: They are notified",
            "kind: persons\n    hint: They are notified",
            "common.9.kind",
            re.compile("Input should be 'text', 'long_text'"),
            "kind: persons",
        ),
        (
            "label: Title",
            "label: " + "T" * 61,
            "common.0.label",
            re.compile("at most 60 characters"),
            "label: " + "T" * 61,
        ),
        (
            "family: mandated",
            "familly: mandated",
            "services.0.family",
            "This field is missing.",
            "- key: regulatory-compliance",
        ),
        (
            "always: true",
            "field: project_sizes\n      values: [large]",
            "services.1.approval.field",
            "“project_sizes” is no choice of this form.",
            "field: project_sizes",
        ),
        (
            "max_length: 40",
            "min: 40",
            "services.4.fields.4.kind",
            "Only a number has a least and a greatest value.",
            "kind: text",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_field(tmp_path, old, new, field, message, line):
    found = {(at, where): said for at, said, where in _broken(tmp_path, old, new)}
    said = found[(field, line)]
    assert message.search(said) if isinstance(message, re.Pattern) else said == message


def test_every_mistake_is_told_at_once(tmp_path):
    troubles = _broken(tmp_path, "rule: not_past", "max: 3", count=2)
    assert [field for field, _, _ in troubles] == ["common.4.kind", "services.0.fields.3.kind"]


def test_options_written_twice_are_refused_with_their_line(tmp_path):
    text = SHIPPED.read_text(encoding="utf-8").replace("waterfall: Waterfall", "agile: Waterfall")
    path = tmp_path / "catalogue.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=r"line \d+: Not valid YAML"):
        read_catalogue(path)


def test_people_are_asked_for_by_kind_and_not_as_text():
    assert {field.kind for field in CATALOGUE.common if field.key in ("sponsor", "watchers")} == {
        FieldKind.PERSON,
        FieldKind.PEOPLE,
    }
