"""`pmo ask`: the handbook's answer in the terminal."""

import json
from typing import Annotated

import typer
from pydantic_core import to_jsonable_python

from bot import library
from bot.organisation import SAMPLE, read_organisation
from bot.settings import read_settings
from knowledge.answers import Answer


def register(app: typer.Typer) -> None:
    app.command()(ask)


def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotation marks.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Ask the handbook."""
    books = library.build(read_organisation(read_settings().organisation or SAMPLE))
    answer = books.ask(question)
    typer.echo(json.dumps(_as_json(answer), indent=2, ensure_ascii=False) if as_json else _as_text(answer))


def _as_json(answer: Answer) -> dict[str, object]:
    keep = ("page", "source", "section", "quote", "edition")
    citations = [{name: getattr(one, name) for name in keep} for one in answer.citations]
    return {
        "status": to_jsonable_python(answer.status),
        "answer": answer.text,
        "confidence": round(answer.confidence, 3),
        "citations": citations,
    }


def _as_text(answer: Answer) -> str:
    sources = [f"  {one.page} › {one.section} ({one.source}, edition {one.edition})" for one in answer.citations]
    nearest = [f"  {one.page} › {one.section} ({one.source})" for one in answer.nearest]
    suggestions = [f"  {one}" for one in answer.suggestions]
    parts = [answer.text]
    parts += ["From the handbook:", *sources] if sources else []
    parts += ["Nearest sections:", *nearest] if nearest else []
    parts += ["Did you mean:", *suggestions] if suggestions else []
    return "\n".join(parts)
