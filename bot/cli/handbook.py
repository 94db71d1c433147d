"""`pmo handbook`: its subcommands, and the evaluation of the answers with the organisation's own questions."""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.handbook_import import import_pages, list_handbooks, roll_back
from bot.cli.installation import open_installation, print_result
from bot.cli.proposals import approve_from_file, propose_to_file
from bot.language_model.configuration import require_model
from bot.language_model.selector import DEADLINE, connect_selector
from bot.progress import show_progress
from bot.settings import Settings
from knowledge.evaluation import Evaluation, evaluate_answers, read_test_questions
from knowledge.selector import Selector

group = typer.Typer(help="Import the handbook and evaluate its answers.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    group.command(name="import")(import_pages)
    group.command(name="list")(list_handbooks)
    group.command(name="rollback")(roll_back)
    group.command(name="propose-questions")(propose_to_file)
    group.command(name="approve-questions")(approve_from_file)
    app.add_typer(group, name="handbook")


@group.command(name="evaluate")
def evaluate_questions(
    path: Annotated[
        Path,
        typer.Argument(
            help="JSONL with {question, pages: […]} or {question, sections: […]} on each line; "
            "pages: [] means that it must not be answered."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    with_model: Annotated[
        bool, typer.Option("--language-model", help="Ask your language model as well: one call for each question.")
    ] = False,
) -> None:
    """Measure how well the handbook answers your own test questions."""
    rows = read_test_questions(path)
    with open_installation() as ctx, _open_selector(ctx.settings, wanted=with_model) as selector:
        library = ctx.open_handbook()()
        with show_progress("Asking the questions"):
            found = evaluate_answers(rows, library, selector)
    print_result(json.dumps(asdict(found), indent=2) if as_json else _format_table(found))


def _open_selector(settings: Settings, *, wanted: bool) -> AbstractContextManager[Selector | None]:
    """The language model's selector if it's wanted.

    Raises:
        UserError: it's wanted, but no model is configured or its client isn't installed.
    """
    return closing(connect_selector(require_model(settings), DEADLINE)) if wanted else nullcontext()


def _format_table(found: Evaluation) -> str:
    figures = {
        "recall@1": found.recall_at_1,
        "recall@3": found.recall_at_3,
        "recall@5": found.recall_at_5,
        "MRR@10": found.mrr_at_10,
        "answers from a correct page": found.right_page,
        "choices of sections": found.choices,
        "wrong refusals": found.wrong_refusals,
        "false answers": found.false_answers,
        "false choices": found.false_choices,
    }
    head = f"{found.answerable} questions that the handbook should answer, {found.unanswerable} that it should not"
    return "\n".join([head, *_list_figures(figures), *_list_section_figures(found)])


def _list_section_figures(found: Evaluation) -> list[str]:
    if not found.with_sections:
        return []
    figures = {
        "section recall@1": found.section_at_1,
        "section recall@3": found.section_at_3,
        "section recall@5": found.section_at_5,
        "correct section cited": found.right_section,
        "correct section shown": found.section_shown,
    }
    return [f"{found.with_sections} of them with sections", *_list_figures(figures)]


def _list_figures(figures: Mapping[str, float | None]) -> list[str]:
    return [f"{name:26} {'–' if value is None else f'{value:.3f}'}" for name, value in figures.items()]
