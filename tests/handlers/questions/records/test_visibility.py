"""An answer from records holds only what the asker may see, and never ranks people."""

import pytest

from foundation.record_kinds import RecordKind
from tests.handlers.questions.records.sample_office import SampleOffice

HIDDEN = ("Depot moves", "Three depots do the work of five", "Three sites chosen", "Depot moves agreed with staff")
BROAD = (
    "which projects are green?",
    "list all objectives",
    "what does Dana own?",
    "what changed in the last two months",
    "which milestones were reached since july",
    "show me all metrics",
    "how are we doing overall",
    "what are the weights of the objectives",
)


@pytest.mark.parametrize("question", BROAD)
def test_hidden_records_are_in_no_list(office: SampleOffice, question: str) -> None:
    for asker in ("ada", "wei"):
        heard = office.ask(question, asker)
        assert heard.record
        assert not [name for name in HIDDEN if name in heard.text]


def test_leaders_see_what_others_do_not(office: SampleOffice) -> None:
    assert "Depot moves" in office.ask("which projects are green?", "dana").text
    assert "Three sites chosen" in office.ask("which milestones were reached since july", "emeka").text


@pytest.mark.parametrize(
    "question", ["status of depot moves", "how are the depto moves going", "who owns the Depot Moves project"]
)
def test_hidden_name_is_as_unknown_as_one_that_does_not_exist(office: SampleOffice, question: str) -> None:
    heard = office.ask(question, "ada")
    assert heard.record is RecordKind.UNKNOWN_NAME
    assert "There's no objective, project, metric or person" in heard.text
    assert "Dana" not in heard.text
    assert "Depot moves" not in heard.text


def test_nearest_names_are_offered(office: SampleOffice) -> None:
    heard = office.ask("who owns the Smart Heating project?", "ada")
    assert "Did you mean" in heard.text
    assert "Smart metering roll-out" in heard.text


@pytest.mark.parametrize("question", ["who hasn't reported?", "which updates are missing?", "who still owes an update"])
def test_missing_updates_are_for_the_pmo_and_the_reviewer(office: SampleOffice, question: str) -> None:
    assert office.ask(question, "ada").text.startswith("Only the PMO")
    assert "Smart metering" in office.ask(question, "dana").text
    assert "One register" not in office.ask(question, "dana").text  # its sponsor is Farah
    assert "One register" in office.ask(question, "wei").text


def test_missing_updates_are_listed_by_subject_and_never_by_person(office: SampleOffice) -> None:
    text = office.ask("who hasn't reported?", "emeka").text
    titles = ["Customers get", "Three depots", "Smart metering", "One register"]  # as in the strategy
    assert [text.index(title) for title in titles] == sorted(text.index(title) for title in titles)


def test_budgets_are_for_leaders_the_pmo_owners_and_sponsors(office: SampleOffice) -> None:
    for asker in ("dana", "wei", "emeka", "farah"):
        assert "4,200,000 GBP" in office.ask("budget of smart metering?", asker).text
    for asker in ("ada", "ben"):
        assert office.ask("budget of smart metering?", asker).text.startswith("Only leaders")
    assert office.ask("total budget", "ben").text.startswith("Only leaders")


def test_figures_of_the_desk_are_for_the_pmo(office: SampleOffice) -> None:
    assert office.ask("are we meeting our SLA?", "ada").reply is None
    assert "Delivered on time" in office.ask("are we meeting our SLA?", "wei").text


def test_somebody_elses_request_stays_unknown(office: SampleOffice) -> None:
    assert "PMO-2" not in office.ask("my requests", "ada").text
    assert "PMO-2" not in office.ask("which requests are open?", "ada").text


@pytest.mark.parametrize(
    "question", ["delete PMO-1", "please close request 4", "withdraw my request", "cancel PMO-4 now"]
)
def test_a_request_to_act_is_explained_and_never_done(office: SampleOffice, question: str) -> None:
    with office.ctx.store.read_only(office.ctx.now()) as tx:
        before = [tx.requests.get(number) for number in (1, 2, 3, 4)]
    heard = office.ask(question, "ada")
    assert heard.record is RecordKind.ACTION
    assert "I don't do that from a message" in heard.text
    with office.ctx.store.read_only(office.ctx.now()) as tx:
        assert [tx.requests.get(number) for number in (1, 2, 3, 4)] == before
