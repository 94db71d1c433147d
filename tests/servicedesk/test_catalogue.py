"""The shipped catalogue keeps its promises, and problems in a catalogue are reported by line and field."""

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


def test_catalogue_has_nine_pmo_services():
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
def test_targets_match_the_handbook(service, values, days):
    assert CATALOGUE.find_delivery_target(service, values, Priority.NORMAL) == Target(days, "days")


def test_triage_takes_a_day_regulation_four_hours():
    triage = {key: CATALOGUE.find_triage_target(key) for key in KEYS}
    assert triage.pop("regulatory-compliance") == Target(4, "hours")
    assert set(triage.values()) == {Target(1, "days")}


def test_expedited_request_gets_half_the_time():
    assert str(CATALOGUE.find_delivery_target("health-check", {}, Priority.EXPEDITE)) == "10 business days at 50%"


def test_frameworks_need_approval_health_checks_never():
    approval = CATALOGUE.find_approval_rule("framework-development", {})
    assert approval is not None
    assert approval.by[0] is Role.PMO_LEAD
    assert CATALOGUE.find_approval_rule("health-check", {"confidential": True}) is None


def test_change_needs_approval_only_if_confidential():
    assert CATALOGUE.find_approval_rule("change-management", {"confidential": True})
    assert not CATALOGUE.find_approval_rule("change-management", {"confidential": False})


def test_approval_can_depend_on_an_answer():
    rule = ApprovalRule(by=(Role.PMO_LEAD,), field="budget_band", values=("large",))
    services = [CATALOGUE.get_service("health-check").model_copy(update={"approval": rule})]
    careful = CATALOGUE.model_copy(update={"services": services})
    assert careful.find_approval_rule("health-check", {"budget_band": "large"}) is rule
    assert careful.find_approval_rule("health-check", {"budget_band": "small"}) is None


def test_framework_has_three_milestones():
    assert [milestone.percent for milestone in CATALOGUE.get_service("framework-development").milestones] == [
        30,
        70,
        100,
    ]


@pytest.mark.parametrize("key", KEYS)
def test_every_form_fits_slack_limits(key):
    """One block a field, and few enough of everything for a modal: 100 blocks, 100 options, 10 check boxes."""
    form = CATALOGUE.list_form_fields(key)
    assert len(form) <= 40, "a form people will fill in"
    for field in form:
        assert len(field.options) <= 100
        assert (field.kind in CHOICE_KINDS) == bool(field.options)
    assert 1 <= len(CATALOGUE.get_service(key).checklist) <= 10


def test_unknown_service_error_lists_services():
    with pytest.raises(NotFound, match=r"“coffee” isn't a service\. Choose one of regulatory-compliance, framework"):
        CATALOGUE.get_service("coffee")


def _break_catalogue(tmp_path, old, new, count=1):
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "catalogue.yaml"
    path.write_text(text.replace(old, new, count), encoding="utf-8")
    with pytest.raises(BadFile) as error:
        read_catalogue(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        (problem.field, problem.message, lines[(problem.line or 1) - 1].strip()) for problem in error.value.problems
    ]


@pytest.mark.parametrize(
    ("old", "new", "field", "message", "line"),
    [
        (
            "key: health-check",
            "key: quality-review",
            "services.4.key",
            "The service “quality-review” is defined twice.",
            "- key: quality-review",
        ),
        (
            "key: concerns",
            "key: trigger",
            "services.3.fields.4.key",
            "The field “trigger” is in this form twice.",
            "- key: trigger",
        ),
        (
            "key: concerns",
            "key: title",
            "services.3.fields.4.key",
            "The field “title” is in this form twice.",
            "- key: title",
        ),
        (
            "        options:\n          agile: Agile\n          waterfall: Waterfall\n          hybrid: Hybrid\n",
            "",
            "services.2.fields.0.kind",
            "A choice needs options.",
            "kind: choice",
        ),
        (
            "field: need\n",
            "field: needs\n",
            "services.8.targets_by.field",
            "This form has no choice field “needs”.",
            "field: needs",
        ),
        (
            "how_to: 2 business days",
            "howto: 2 business days",
            "services.8.targets_by.when",
            "“need” has no option “howto”.",
            "when:",
        ),
        (
            "after: from_date",
            "after: start",
            "services.7.fields.5.after",
            "This form has no date field “start”.",
            "after: start",
        ),
        (
            "mandatory_date: deadline",
            "mandatory_date: gap",
            "services.0.mandatory_date",
            "This form has no date field “gap”.",
            "mandatory_date: gap",
        ),
        (
            "key: need_by\n",
            "key: wanted_by\n",
            "common",
            "The common fields must include “need_by” of kind date.",
            "common:",
        ),
        (
            "target: 30 business days",
            "target: 30 days",
            "services.1.target",
            "“30 days” isn't a target. Write it like “10 business days” or “4 business hours”.",
            "target: 30 days",
        ),
        (
            "kind: people\n    hint: They're notified",
            "kind: persons\n    hint: They're notified",
            "common.9.kind",
            re.compile("Choose text, long_text"),
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
            "services.0.familly",
            "Unknown field. Did you mean “family”?",
            "familly: mandated",
        ),
        (
            "always: true",
            "field: project_sizes\n      values: [large]",
            "services.1.approval.field",
            "This form has no choice field “project_sizes”.",
            "field: project_sizes",
        ),
        (
            "max_length: 40",
            "min: 40",
            "services.4.fields.4.kind",
            "Only a number can have “min” and “max”.",
            "kind: text",
        ),
    ],
)
def test_problem_names_line_and_field(tmp_path, old, new, field, message, line):
    found = {(at, where): said for at, said, where in _break_catalogue(tmp_path, old, new)}
    said = found[(field, line)]
    assert message.search(said) if isinstance(message, re.Pattern) else said == message


def test_all_problems_are_reported_together(tmp_path):
    problems = _break_catalogue(tmp_path, "rule: not_past", "max: 3", count=2)
    assert [field for field, _, _ in problems] == ["common.4.kind", "services.0.fields.3.kind"]


def test_duplicate_options_are_rejected_with_line(tmp_path):
    text = SHIPPED.read_text(encoding="utf-8").replace("waterfall: Waterfall", "agile: Waterfall")
    path = tmp_path / "catalogue.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=r"line \d+: “agile” is here twice"):
        read_catalogue(path)


def test_people_fields_are_not_text():
    assert {field.kind for field in CATALOGUE.common if field.key in ("sponsor", "watchers")} == {
        FieldKind.PERSON,
        FieldKind.PEOPLE,
    }
