"""`pmo handbook`: bring in pages, and keep the organisation's own test questions."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.installation import open_installation, print_result
from bot.composition import utc_now
from bot.handbook_provider import import_handbook, list_service_keys
from foundation.errors import UserError
from knowledge.evaluation import Evaluation, evaluate_answers, read_test_questions

group = typer.Typer(help="The handbook: import pages, and measure its answers.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="handbook")


@group.command(name="import")
def import_pages(path: Annotated[Path, typer.Argument(help="A folder of Markdown pages.")]) -> None:
    """Check the pages of a folder and put them in force, all or none. A running bot takes them up by itself."""
    with open_installation() as ctx:
        own = ctx.organisation.files.handbook
        if own and ctx.organisation.resolve_path(own) != path.resolve():
            raise UserError(
                f"{ctx.organisation.path} names the handbook: {own}. Change it there, or take the line out, "
                "so that what you import stays in force."
            )
        count = import_handbook(ctx.store, path.resolve(), utc_now(), list_service_keys(ctx.organisation))
        ctx.open_handbook()
        print_result("1 page is in force." if count == 1 else f"{count} pages are in force.")


@group.command(name="evaluate")
def evaluate_questions(
    path: Annotated[Path, typer.Argument(help="JSONL: {question, pages: […]} a line; no pages: must not be answered.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how well your own test questions are found and answered."""
    rows = read_test_questions(path)
    with open_installation() as ctx:
        found = evaluate_answers(rows, ctx.open_handbook()())
    print_result(json.dumps(asdict(found), indent=2) if as_json else _table(found))


def _table(found: Evaluation) -> str:
    figures = {
        "recall@1": found.recall_at_1,
        "recall@3": found.recall_at_3,
        "recall@5": found.recall_at_5,
        "MRR@10": found.mrr_at_10,
        "answers from a right page": found.right_page,
        "wrong refusals": found.wrong_refusals,
        "false answers": found.false_answers,
    }
    head = f"{found.answerable} questions that the handbook answers, {found.unanswerable} that it must not answer"
    return "\n".join(
        [head, *(f"{name:26} {'–' if value is None else f'{value:.3f}'}" for name, value in figures.items())]
    )
