"""`pmo ask` and `pmo search`: the handbook in the terminal."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic_core import to_jsonable_python

from bot.cli.batch import answer_batch
from bot.cli.installation import open_installation
from bot.language_model.selector import open_selector
from foundation.errors import UserError
from foundation.people import People
from handlers.questions.blocks.places import format_place
from knowledge.answers import Answer
from knowledge.citations import Citation
from knowledge.index import Hit

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    app.command(name="ask")(run_ask)
    app.command(name="search")(search_handbook)


# Typer either bundles click or uses the one installed, so its error is found through one that Typer exports.
UsageError: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "UsageError")


def run_ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="The question, in quotation marks.")] = None,
    as_json: AsJson = False,
    batch: Annotated[
        Path | None,
        typer.Option(
            help="Answer the questions of a JSONL file as direct messages, over a copy of the data: "
            "{id, question, before: […], asker} on each line. The asker is a user ID or a role."
        ),
    ] = None,
    now: Annotated[str, typer.Option(help="With --batch: the moment at which the questions are asked.")] = "",
) -> None:
    """Ask the handbook, as people do in Slack."""
    if batch and question is None:
        answer_batch(batch, now, _write_line)
    elif question is not None and not batch and not now:
        ask_handbook(question, as_json=as_json)
    else:
        raise UsageError(_explain_usage(question, batch), context)


def ask_handbook(question: str, *, as_json: bool) -> None:
    """Print the handbook's answer to one question."""
    with open_installation() as ctx, open_selector(ctx.settings) as selector:
        answer = ctx.open_handbook()().ask(_replace_invalid(question), selector=selector)
        people = ctx.organisation.people
    typer.echo(_format_json(_build_answer_json(answer)) if as_json else _format_answer(answer, people))


def search_handbook(
    question: Annotated[str, typer.Argument(help="What to look for; with -, one question per line of standard input.")],
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many sections to show.")] = 10,
) -> None:
    """List the sections of the handbook that match best."""
    with open_installation() as ctx:
        library = ctx.open_handbook()()
        for asked in _read_questions(question):
            hits = library.search(asked, limit)
            if as_json:
                typer.echo(
                    json.dumps(
                        {"question": asked, "results": [_build_hit_json(hit) for hit in hits]}, ensure_ascii=False
                    )
                )
            else:
                typer.echo(_format_hits(asked, hits))


def _explain_usage(question: str | None, batch: Path | None) -> str:
    if question is None and not batch:
        return "Missing argument 'QUESTION'"
    return "Give either a question or --batch" if batch else "--now needs --batch"


def _write_line(text: str) -> None:
    """Print it now, for whoever reads along."""
    typer.echo(text)
    sys.stdout.flush()


def _read_questions(argument: str) -> Iterator[str]:
    if argument != "-":
        yield _replace_invalid(argument)
        return
    for number, line in enumerate(sys.stdin.buffer, start=1):
        try:
            text = line.decode("utf-8").strip()
        except UnicodeDecodeError:
            raise UserError(f"Standard input, line {number}: This isn't UTF-8 text.") from None
        if text:
            yield text


def _build_answer_json(answer: Answer) -> dict[str, Any]:
    keep = ("page", "source", "section", "quote", "edition")
    return {
        "status": to_jsonable_python(answer.status),
        "answer": answer.text,
        "confidence": round(answer.confidence, 3),
        "citations": [{name: getattr(one, name) for name in keep} for one in answer.citations],
    }


def _format_answer(answer: Answer, people: People) -> str:
    parts = [answer.text, *(f"  {one}" for one in answer.suggestions)]
    if answer.citations:
        parts += ["", "From the handbook:", *(_format_source(one, people) for one in answer.citations)]
    if answer.nearest:
        title = "Other sections:" if answer.citations else "These sections come closest:"
        parts += ["", title, *(_format_source(one, people, with_owner=True) for one in answer.nearest)]
    return "\n".join(parts)


def _format_source(citation: Citation, people: People, *, with_owner: bool = False) -> str:
    about = [citation.source, f"edition {citation.edition}" if citation.edition else ""]
    about += [f"owner {people.get(citation.owner).name}" if with_owner and citation.owner else ""]
    return f"  {format_place(citation.page, citation.section)} ({', '.join(one for one in about if one)})"


def _replace_invalid(argument: str) -> str:
    """The argument with a replacement character for each byte that isn't text."""
    return argument.encode("utf-8", "replace").decode("utf-8")


def _build_hit_json(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {
        "page": passage.title,
        "source": passage.source,
        "section": passage.section,
        "score": round(hit.score, 4),
        "text": passage.text,
    }


def _format_hits(asked: str, hits: list[Hit]) -> str:
    if not hits:
        return f"{asked}\n  No matches. Try other words."
    lines = [
        f"{number:3}. {hit.score:.3f}  {hit.passage.section}  ({hit.passage.source})"
        for number, hit in enumerate(hits, start=1)
    ]
    return "\n".join([asked, *lines])


def _format_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
