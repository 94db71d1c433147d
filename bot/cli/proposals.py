"""`pmo handbook propose-questions` and `approve-questions`: what a language model thinks people ask about sections."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.installation import open_installation, print_result
from bot.composition import utc_now
from bot.language_model.chat_client import ChatClient
from bot.language_model.configuration import require_model
from bot.language_model.proposer import ProposalRun, propose_questions, write_proposals
from bot.progress import show_progress
from foundation.errors import UserError
from knowledge.permissions import check_can_teach
from knowledge.question_proposals import ENOUGH, list_excerpts, read_proposal_file


def propose_to_file(path: Annotated[Path, typer.Argument(help="The YAML file to create.")]) -> None:
    """Ask your language model which questions each section answers, for you to approve.

    It sends the sections that have few questions, one by one. Nothing is searched until you approve it.
    """
    if path.exists():
        raise UserError(f"{path} exists already. Name a new file.")
    with open_installation() as ctx:
        endpoint = require_model(ctx.settings)
        handbook = ctx.open_handbook()().handbook
        sections = [one for one in list_excerpts(handbook) if len(one.questions) < ENOUGH]
        with closing(ChatClient(endpoint)) as client, show_progress("Asking the language model") as advance:
            run = propose_questions(client, sections, advance)
    path.write_text(write_proposals(run.proposals, endpoint), encoding="utf-8")
    print_result(_summarise(run, path, len(sections)))


def approve_from_file(
    path: Annotated[Path, typer.Argument(help="The file that propose-questions wrote, with your approvals.")],
    by: Annotated[str, typer.Option(help="The Slack ID of the PMO's member who approves them.")],
) -> None:
    """Add the approved questions of a file to their sections. /pmo learned lists them, to remove them again."""
    with open_installation() as ctx:
        if by not in ctx.organisation.people:
            raise UserError(f"{by} isn't in the organisation file. Give the ID of a member of the PMO.")
        check_can_teach(ctx.organisation.people.get(by))
        sections = read_proposal_file(path, ctx.open_handbook()().handbook)
        with ctx.store.transaction(utc_now()) as tx:
            added = [
                tx.learned_questions.add(section.page, section.anchor, text, by, tx.now)[1]
                for section in sections
                if section.approved
                for text in section.questions
            ]
    waiting = sum(not section.approved for section in sections)
    count = "1 question" if sum(added) == 1 else f"{sum(added)} questions"
    print_result(f"Added {count}. Sections not approved: {waiting}.")


def _summarise(run: ProposalRun, path: Path, asked: int) -> str:
    count = sum(len(one.questions) for one in run.proposals)
    lines = [f"{path}: Questions for {len(run.proposals)} of {asked} sections, {count} in all. None is in use yet."]
    if run.failed:
        lines.append(f"Sections without a usable reply: {run.failed}.")
    if run.stopped:
        lines.append(f"Stopped early: {run.stopped}.")
    return "\n".join(lines)
