"""Asks the language model which questions each section of the handbook answers, for a person to approve."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO

from ruamel.yaml import YAML

from bot.language_model.chat_client import ChatClient, NoReply
from bot.language_model.configuration import ModelEndpoint
from knowledge.question_proposals import (
    SCHEMA_NAME,
    HandbookExcerpt,
    build_proposal_messages,
    build_proposal_schema,
    read_proposals,
)

DEADLINE = 60.0  # seconds for each section; nobody in Slack waits for it
MOST_FAILURES = 3  # in a row

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class QuestionProposal:
    """What the model proposes for one section."""

    section: HandbookExcerpt
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposalRun:
    """`failed` counts sections without a usable reply; `stopped` says why the run ended early, if it did."""

    proposals: tuple[QuestionProposal, ...]
    failed: int
    stopped: str = ""


def propose_questions(
    client: ChatClient, sections: Sequence[HandbookExcerpt], progress: Progress, seconds: float = DEADLINE
) -> ProposalRun:
    """Ask about one section after the other. After three failures in a row, return what there is."""
    found: list[QuestionProposal] = []
    failed = failed_in_row = 0
    for number, section in enumerate(sections, start=1):
        try:
            if questions := _ask_model(client, section, seconds):
                found.append(QuestionProposal(section, questions))
            failed_in_row = 0
        except NoReply as error:
            failed, failed_in_row = failed + 1, failed_in_row + 1
            if failed_in_row == MOST_FAILURES:
                return ProposalRun(tuple(found), failed, error.reason)
        progress(number, len(sections))
    return ProposalRun(tuple(found), failed)


def write_proposals(proposals: Sequence[QuestionProposal], endpoint: ModelEndpoint) -> str:
    """A YAML file to edit. Every section in it still needs approval."""
    head = (
        f"# Questions that a language model ({endpoint.model} at {endpoint.host}) proposes for sections.\n"
        "# They aren't searched yet. Delete those that a section doesn't answer, set approved to true, and run:\n"
        "# pmo handbook approve-questions FILE --by YOUR-SLACK-ID\n"
    )
    content = [
        {
            "page": one.section.page_id,
            "anchor": one.section.anchor,
            "section": one.section.place,
            "approved": False,
            "questions": list(one.questions),
        }
        for one in proposals
    ]
    text, yaml = StringIO(), YAML()
    yaml.width = 1_000
    yaml.dump({"sections": content}, text)
    return head + text.getvalue()


def _ask_model(client: ChatClient, section: HandbookExcerpt, seconds: float) -> tuple[str, ...]:
    reply = client.complete(build_proposal_messages(section), SCHEMA_NAME, build_proposal_schema(), seconds)
    questions = read_proposals(reply, section)
    if questions is None:
        raise NoReply("the reply isn't a list of questions")
    return questions
