"""`pmo ask` and `pmo search`: the handbook in the terminal."""

import json
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from pydantic_core import to_jsonable_python

from bot.cli.installation import open_installation
from foundation.errors import UserError
from foundation.people import People
from handlers.questions.blocks.answer import format_place
from knowledge.answers import Answer, Citation
from knowledge.index import Hit

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    app.command(name="ask")(ask_handbook)
    app.command(name="search")(search_handbook)


def ask_handbook(
    question: Annotated[str, typer.Argument(help="The question, in quotation marks.")], as_json: AsJson = False
) -> None:
    """Ask the handbook."""
    with open_installation() as ctx:
        answer = ctx.open_handbook()().ask(_readable(question))
        people = ctx.organisation.people
    typer.echo(_dump(_answer_json(answer)) if as_json else _answer_text(answer, people))


def search_handbook(
    question: Annotated[str, typer.Argument(help="What to look for; - reads one question a line from standard input.")],
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many sections to show.")] = 10,
) -> None:
    """List the handbook's sections that fit best, best first."""
    with open_installation() as ctx:
        library = ctx.open_handbook()()
        for asked in _questions(question):
            hits = library.search(asked, limit)
            if as_json:
                typer.echo(
                    json.dumps({"question": asked, "results": [_hit_json(hit) for hit in hits]}, ensure_ascii=False)
                )
            else:
                typer.echo(_hits_text(asked, hits))


def _questions(argument: str) -> Iterator[str]:
    if argument != "-":
        yield _readable(argument)
        return
    for number, line in enumerate(sys.stdin.buffer, start=1):
        try:
            text = line.decode("utf-8").strip()
        except UnicodeDecodeError:
            raise UserError(f"Standard input, line {number}: not text in UTF-8.") from None
        if text:
            yield text


def _answer_json(answer: Answer) -> dict[str, Any]:
    keep = ("page", "source", "section", "quote", "edition")
    return {
        "status": to_jsonable_python(answer.status),
        "answer": answer.text,
        "confidence": round(answer.confidence, 3),
        "citations": [{name: getattr(one, name) for name in keep} for one in answer.citations],
    }


def _answer_text(answer: Answer, people: People) -> str:
    parts = [answer.text]
    if answer.citations:
        parts += ["", "From the handbook:", *(_place(one, people, with_owner=False) for one in answer.citations)]
    if answer.nearest:
        parts += ["", "The nearest sections:", *(_place(one, people, with_owner=True) for one in answer.nearest)]
    if answer.suggestions:
        parts += ["", "Did you mean:", *(f"  {one}" for one in answer.suggestions)]
    return "\n".join(parts)


def _place(citation: Citation, people: People, *, with_owner: bool) -> str:
    about = [citation.source, f"edition {citation.edition}" if citation.edition else ""]
    about += [f"owner {people.get(citation.owner).name}" if with_owner and citation.owner else ""]
    return f"  {format_place(citation.page, citation.section)} ({', '.join(one for one in about if one)})"


def _readable(argument: str) -> str:
    """What the shell gave us, with a sign in place of each byte that is no text."""
    return argument.encode("utf-8", "replace").decode("utf-8")


def _hit_json(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {
        "page": passage.title,
        "source": passage.source,
        "section": passage.section,
        "score": round(hit.score, 4),
        "text": passage.text,
    }


def _hits_text(asked: str, hits: list[Hit]) -> str:
    if not hits:
        return f"{asked}\n  Nothing fits. Try other words."
    lines = [
        f"{number:3}. {hit.score:.3f}  {hit.passage.section}  ({hit.passage.source})"
        for number, hit in enumerate(hits, start=1)
    ]
    return "\n".join([asked, *lines])


def _dump(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
