"""Whatever the earlier version listened for, stored or read is still understood, by its own name or as an alias."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, cast

import click
import pytest
import typer
from pydantic import BaseModel
from ruamel.yaml import YAML
from slack_bolt.async_app import AsyncApp

from bot.cli import app
from bot.organisation import OrganisationFile, read_organisation
from bot.settings import read_settings
from handlers import register
from handlers.slack.routes import Routes
from knowledge.answers import Outcome
from knowledge.handbook import read_handbook
from reporting.definitions import _DigestsFile
from servicedesk.catalogue import Catalogue, Priority
from servicedesk.records import ClockName, RequestState, RequestVerb
from strategy.file_models import StrategyFile
from strategy.files import parse_strategy
from strategy.records import Rag, SubjectKind
from strategy.stories import Consent, StoryState, StoryVerb
from tests.earlier.upgrading import HERE, read_inventory

INVENTORY = read_inventory()
OFFICE = HERE / "office"
MODELS: dict[str, type[BaseModel]] = {
    "organisation": OrganisationFile,
    "catalogue": Catalogue,
    "strategy": StrategyFile,
    "digests": _DigestsFile,
}
STORED_WORDS: dict[str, type[StrEnum]] = {
    "request state": RequestState,
    "request verb": RequestVerb,
    "request clock": ClockName,
    "request priority": Priority,
    "story state": StoryState,
    "story event": StoryVerb,
    "story consent": Consent,
    "update subject": SubjectKind,
    "update rag": Rag,
    "question outcome": Outcome,
}
SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-made-up",
    "SLACK_APP_TOKEN": "xapp-made-up",
    "SLACK_SIGNING_SECRET": "made-up",
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "DATABASE_URL": "postgresql://127.0.0.1/pmo",
    "PMO_ORGANISATION": "own.yaml",
    "PMO_DATA": "elsewhere",
    "PMO_PORT": "8181",
    "PMO_LEASE_SECONDS": "61",
    "PMO_POSTS_PER_MINUTE": "100",
}


@pytest.fixture(scope="module")
def routes() -> Routes:
    async def authorize() -> None:
        """Never called."""

    routes = Routes(AsyncApp(signing_secret="secret", authorize=authorize), cast(Any, None), cast(Any, None))
    register(routes)
    return routes


def test_every_stored_route_has_its_handler(routes: Routes) -> None:
    assert set(INVENTORY["routes"]) - routes.deferred_handlers.keys() == set()


@pytest.mark.parametrize("kind", ["commands", "events", "shortcuts", "actions", "views", "options"])
def test_every_earlier_id_has_a_listener(routes: Routes, kind: str) -> None:
    present: set[str] = getattr(routes, kind)
    families = tuple(one.removesuffix("*") for one in present if one.endswith(".*"))
    assert [one for one in INVENTORY[kind] if one not in present and not one.startswith(families or ("-",))] == []


@pytest.mark.parametrize("kind", INVENTORY["stored_words"])
def test_every_stored_value_is_still_read(kind: str) -> None:
    assert [word for word in INVENTORY["stored_words"][kind] if not isinstance(STORED_WORDS[kind](word), StrEnum)] == []


@pytest.mark.parametrize("known", INVENTORY["cli"], ids=lambda one: one["command"])
def test_every_command_accepts_its_earlier_arguments(known: dict[str, Any]) -> None:
    command = find_command(known["command"].split()[1:])
    options = {name for one in command.params if one.param_type_name == "option" for name in one.opts}
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    took = [one for one in known["params"] if one["kind"] == "argument"]
    assert {name for one in known["params"] if one["kind"] == "option" for name in one["names"]} - options == set()
    assert [str(one.name).upper() for one in arguments[: len(took)]] == [one["names"][0] for one in took]
    could_be_omitted = [not one["required"] for one in took] + [True] * (len(arguments) - len(took))
    assert not any(one.required for one, omitted in zip(arguments, could_be_omitted, strict=True) if omitted)


def find_command(path: list[str]) -> click.Command:
    found: Any = typer.main.get_command(app)
    for name in path:
        found = found.commands[name]
    return cast(click.Command, found)


def test_every_setting_is_covered() -> None:
    assert set(INVENTORY["settings"]) == set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_still_has_its_effect(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for other in SETTINGS:
        monkeypatch.delenv(other, raising=False)
    default = read_settings()
    monkeypatch.setenv(name, SETTINGS[name])
    assert read_settings() != default


@pytest.mark.parametrize("file", MODELS)
def test_the_files_of_the_office_use_every_key(file: str) -> None:
    known = set(INVENTORY["files"][file])
    tree = YAML(typ="safe").load((OFFICE / f"{file}.yaml").read_text(encoding="utf-8"))
    assert known - set(find_keys(tree, known)) == set()


def find_keys(node: Any, known: set[str], path: str = "") -> Iterator[str]:
    """The dotted path of every key; “[]” means the items of a list, “{}” keys that people choose."""
    if isinstance(node, list):
        for item in node:
            yield from find_keys(item, known, f"{path}[]")
    elif isinstance(node, dict):
        for key, value in node.items():
            named = f"{path}.{key}" if path else str(key)
            if named in known:
                yield named
            yield from find_keys(value, known, named if named in known else f"{path}{{}}")


def test_an_organisation_with_every_key_is_read() -> None:
    organisation = read_organisation(OFFICE / "organisation.yaml")
    assert len(organisation.digests) == 3
    assert len(organisation.desk.catalogue.services) == 2
    assert organisation.strategy is not None
    assert len(parse_strategy(organisation.strategy.read_text(encoding="utf-8"), name="strategy").objectives) == 5


def test_a_page_with_every_key_is_read() -> None:
    page = read_handbook(OFFICE / "handbook").get("health-check")
    assert page is not None
    keys = [key for key in INVENTORY["files"]["handbook page"] if not getattr(page, key)]
    assert keys == []


@pytest.mark.parametrize("file", MODELS)
def test_every_earlier_value_of_a_key_is_accepted(file: str) -> None:
    schema = MODELS[file].model_json_schema()
    present: dict[str, set[str]] = {}
    for path, words in find_words(schema, schema.get("$defs", {})):
        present.setdefault(path, set()).update(words)
    known = INVENTORY["file_words"][file].items()
    assert {path: gone for path, words in known if (gone := set(words) - present.get(path, set()))} == {}


def find_words(schema: Any, definitions: Any, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """The values of every key that takes one of a fixed set; paths as in `find_keys`, “{key}” for free keys."""
    if "$ref" in schema:
        yield from find_words(definitions[schema["$ref"].rpartition("/")[2]], definitions, path)
    yield path, {str(word) for word in (*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ()))}
    for name, one in schema.get("properties", {}).items():
        yield from find_words(one, definitions, f"{path}.{name}" if path else name)
    for inner, mark in (("items", "[]"), ("additionalProperties", "{}"), ("propertyNames", "{key}")):
        if isinstance(schema.get(inner), dict):
            yield from find_words(schema[inner], definitions, f"{path}{mark}")
    for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from find_words(one, definitions, path)
