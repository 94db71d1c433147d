"""Whatever the product suggests to ask is answered from where a reader would look, as a direct message would be."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.errors import UserError
from foundation.people import Role
from foundation.record_kinds import RecordKind
from handlers.commands import COMMANDS
from handlers.home.help import build_abilities, build_help, build_welcome
from handlers.questions.questions import build_questions_section
from handlers.slack.blocks.builders import Message
from knowledge.answers import Outcome
from knowledge.questions import parse_question
from tests.handlers.questions.records.sample_office import ASKERS, SampleOffice

ROOT = Path(__file__).parents[3]
DOCUMENTS = ("README.md", "bot/sample/workspace.yaml", "docs/architecture.md", "docs/language-model.md")
FIRST_QUESTION = "how do I know whether my project is in trouble?"
TOO_SHORT = ("help", "approval", "risk", "training", "change", "plan", "objectives")  # get choices
_EXAMPLE = re.compile(
    r"(?:@PMO Assistant |/pmo |bot in a channel: “|for records, such as “|[Ff]or example: |such as “)([^`”\"]+\?)"
)

# Where a reader of the handbook finds the answer: the page, and the heading of the section or the page's title.
SECTIONS = {
    "how do I know whether my project is in trouble?": ("project-in-trouble", "Signs that a project is in trouble"),
    "what are the warning signs that my project is failing?": (
        "project-in-trouble",
        "Signs that a project is in trouble",
    ),
    "Who approves a change request?": ("change-control", "Who approves a change"),
    # for team members
    "Do I need to go through intake for something really small?": ("project-intake", "When intake is needed"),
    "What do R, A, C and I stand for?": ("raci", "What the four letters mean"),
    "Is there any training on running projects?": ("capacity-building", "Which form of learning to choose"),
    "How long does a health check take?": ("health-check", "How long a health check takes"),
    # for project managers
    "How do I get a change to the scope approved?": ("change-control", "The steps of a change request"),
    "How far ahead do I have to send the gate pack?": ("stage-gates", "How to prepare for a gate review"),
    "When should I escalate and to whom?": ("escalation", "To whom to escalate and how fast"),
    # for PMO staff
    "What are the warning signs that my project is failing?": (
        "project-in-trouble",
        "Signs that a project is in trouble",
    ),
    "How do I write a good objective?": ("clear-objectives", "What every objective must state"),
    "Is my project small, medium or large?": ("tailoring", "How to find the size of a project"),
    "How does the PMO work out progress on an objective?": (
        "monitor-and-evaluate",
        "How progress and status are calculated",
    ),
    # for leaders
    "What questions should a sponsor ask the project manager?": ("sponsor-role", "Questions a sponsor should ask"),
    "How do you decide which project goes first?": ("prioritisation", "Which work goes first"),
    "Can we change an objective halfway through the year?": (
        "clear-objectives",
        "Who approves objectives and when they may change",
    ),
    "What happens if the promised savings never show up?": (
        "benefits-management",
        "What to do when a benefit falls short",
    ),
    # for the head of the PMO
    "Which board do I have to go to for a decision?": ("governance-boards", "Which boards exist and what they decide"),
    "Who decides which improvements get done?": ("improve-and-adapt", "How improvements are chosen and checked"),
    "How is the PMO itself measured?": ("monitor-and-evaluate", "How the PMO measures itself"),
    # choices for “approval”
    "Who has to approve a message before it goes out?": ("communication-plan", "Who approves what is sent"),
    "Decision log": ("decision-log", "Decision log"),
    "Are scope, schedule and budget approved separately or together?": (
        "predictive-delivery",
        "What the baseline contains",
    ),
    # choices for “risk”
    "What is risk management for?": ("risk-management", "Risk management"),
    "What does a risk review look at?": ("risk-assurance", "What risk assurance examines"),
    "Which risks go in the report to the board?": ("risk-register", "What to report from the register"),
    # choices for “training”
    "When should training take place?": ("change-adoption", "When and how to train"),
    "How do I get training for myself or my team?": ("capacity-building", "How to get a course or training"),
    'Is "training" a proper deliverable?': ("scope-definition", "What a scope statement contains"),
    # choices for “change”
    "Can we promise that nothing changes?": ("innovation-and-change", "Common mistakes in change work"),
    "What is change adoption?": ("change-adoption", "Change adoption"),
    # choices for “plan”
    "What must be finished at the end of the planning phase?": (
        "predictive-delivery",
        "How a predictive project proceeds",
    ),
    "How many lines should a plan have for a medium project?": (
        "schedule-planning",
        "How detailed a schedule should be",
    ),
    # choices for “objectives”
    "What makes an objective clear?": ("clear-objectives", "Setting clear objectives"),
    "How many objectives should my project serve?": (
        "understand-strategy",
        "How to read the strategy as a project manager",
    ),
    "How are an objective and its key results put together?": ("okr", "Objectives and key results (OKR)"),
}
RECORDS = {"which projects are red?": RecordKind.STATES}


def test_readme_first_asks_about_projects_in_trouble() -> None:
    assert list_examples((ROOT / "README.md").read_text(encoding="utf-8"))[0] == FIRST_QUESTION


def test_every_suggestion_has_a_known_answer(office: SampleOffice) -> None:
    assert {question for question, _ in collect_suggestions(office)} == SECTIONS.keys() | RECORDS.keys()


def test_every_suggestion_is_answered_from_the_right_section(office: SampleOffice) -> None:
    wrong = {}
    for question, asker in dict.fromkeys(collect_suggestions(office)):
        heard = office.ask(question, asker)
        answer = heard.reply.answer if heard.reply else None
        cited = [(one.page_id, one.section.rpartition(" › ")[2]) for one in answer.citations] if answer else []
        is_answered = answer is not None and answer.status is Outcome.ANSWERED
        is_right = heard.record is RECORDS.get(question) and is_answered
        if not is_right or (question in SECTIONS and SECTIONS[question] not in cited):
            wrong[question] = (heard.record, cited)
    assert wrong == {}


def collect_suggestions(office: SampleOffice) -> Iterator[tuple[str, str]]:
    """Every question that the product suggests, with who sees it."""
    with pytest.raises(UserError) as refused:
        parse_question("")
    documents = [(ROOT / name).read_text(encoding="utf-8") for name in DOCUMENTS]
    for text in (*documents, COMMANDS[0].example, str(refused.value)):
        assert list_examples(text), text
        yield from ((one, "ada") for one in list_examples(text))
    for question in TOO_SHORT:
        reply = office.ask(question).reply
        assert reply
        assert list_buttons(reply.message), question
        yield from ((one, "ada") for one in list_buttons(reply.message))
    for role in Role:
        yield from collect_for_role(office, role)


def collect_for_role(office: SampleOffice, role: Role) -> Iterator[tuple[str, str]]:
    """The suggestions in the welcome message, in the help, in “what can you do?” and in the App Home."""
    person = office.ctx.people.find_typical(role)
    assert person
    asker = next(name for name, user in ASKERS.items() if user == person.id)
    for build in (build_welcome, build_help, build_abilities):
        questions = list_buttons(build(office.ctx, person))
        assert questions
        yield from ((one, asker) for one in questions)
    with office.ctx.store.read_only(office.ctx.now()) as tx:
        home = json.dumps(build_questions_section(tx, office.ctx, person), ensure_ascii=False)
    yield from ((one, asker) for one in list_examples(home))


def list_examples(text: str) -> list[str]:
    """The questions that a text gives as examples."""
    return _EXAMPLE.findall(text)


def list_buttons(message: Message) -> list[str]:
    """The questions that a message's buttons ask."""
    elements = [one for block in message["blocks"] for one in block.get("elements", ()) if "action_id" in one]
    return [one["value"] for one in elements if one["action_id"].startswith("question.suggested.")]
