"""The `pmo` command as somebody types it: what it prints, and the exit code."""

import io
import json
import stat
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from importlib import metadata
from pathlib import Path

import pytest

from bot.cli import main
from bot.settings import Settings
from storage.database import Database
from storage.migrate import migrate_database
from storage.store import Store
from tests.bot.conftest import PARKING, write_parking_page
from tests.handbook_data import MONDAY, copy_data

Pmo = Callable[..., "Printed"]


class Printed:
    """What a command printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err


@pytest.fixture
def pmo(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Pmo:
    """Run a command in an environment of its own."""
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    monkeypatch.setenv("PMO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PMO_PORT", "0")

    def run(*words: str, stdin: bytes = b"") -> Printed:
        monkeypatch.setattr(sys, "argv", ["pmo", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        errors = [line for line in printed.err.splitlines(keepends=True) if "…" not in line]  # without progress
        return Printed(int(left.value.code or 0), printed.out, "".join(errors))

    return run


@pytest.fixture
def parking(pmo: Pmo, tmp_path: Path, parking_data: Path) -> Pmo:
    """With an imported handbook of one page, which is in the folder `pages`, too."""
    copy_data(parking_data, tmp_path / "data")
    write_parking_page(tmp_path / "pages")
    return pmo


def lines(text: str) -> Sequence[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize(
    "command",
    [
        "",
        "run",
        "ask",
        "search",
        "manifest",
        "doctor",
        "handbook import",
        "handbook evaluate",
        "handbook propose-questions",
        "backup",
        "restore",
        "person export",
        "person erase",
    ],
)
def test_every_command_has_its_help(pmo: Pmo, command: str) -> None:
    printed = pmo(*command.split(), "--help")
    assert printed.code == 0
    assert f"Usage: pmo {command}".rstrip() in printed.out


def test_version_is_printed(pmo: Pmo) -> None:
    assert pmo("--version").out == f"PMO Assistant {metadata.version('pmo-assistant')}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonsense"], "No such command 'nonsense'. To see how to use it, type pmo --help"),
        (["ask"], "Missing argument"),
        (["ask", "a", "b"], "unexpected extra argument"),
        (["ask", "a", "--jsn"], "No such option: --jsn"),
        (["search", "a", "--limit", "0"], "--limit"),
        (["search", "a", "--limit", "many"], "--limit"),
        (["handbook", "import"], "Missing argument"),
    ],
)
def test_mistyped_command_gets_one_line_of_help(pmo: Pmo, words: list[str], said: str) -> None:
    printed = pmo(*words)
    assert printed.code == 2
    assert printed.out == ""
    assert len(lines(printed.err)) == 1
    assert said in printed.err


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("PMO_PORT", "eighty", "PMO_PORT must be a number."),
        ("PMO_ORGANISATION", "/nowhere.yaml", "/nowhere.yaml: There's no such file."),
        ("PMO_DATA", "/dev/null/data", "The data folder /dev/null/data can't be written to"),
        ("DATABASE_URL", "mysql://root:hidden@host/name", "PMO Assistant doesn't support mysql databases."),
        ("SLACK_APP_TOKEN", "xoxb-hidden", "SLACK_APP_TOKEN: An app-level token starts with xapp-"),
    ],
)
@pytest.mark.parametrize("command", [["run"], ["ask", "who?"]])
def test_wrong_setting_is_reported_in_one_line(
    pmo: Pmo, monkeypatch: pytest.MonkeyPatch, command: list[str], variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    printed = pmo(*command)
    assert printed.code == 1
    assert printed.err.startswith(said)
    assert len(lines(printed.err)) == 1
    assert "hidden" not in printed.err


def test_manifest_command_prints_only_json(pmo: Pmo) -> None:
    assert json.loads(pmo("manifest").out)["settings"]["socket_mode_enabled"] is True
    with_address = json.loads(pmo("manifest", "--request-url", "https://pmo.example.org/slack/events").out)
    assert with_address["settings"]["socket_mode_enabled"] is False
    refused = pmo("manifest", "--request-url", "http://pmo.example.org")
    assert (refused.code, refused.out) == (1, "")


def test_answer_names_its_handbook_section(parking: Pmo) -> None:
    printed = parking("ask", "who hands out parking permits?")
    assert printed.code == 0
    assert "The gate hands out parking permits every Monday morning." in printed.out
    assert "  Parking at the depot (site/parking.md)" in lines(printed.out)


def test_json_answer_keeps_fields_scripts_rely_on(parking: Pmo) -> None:
    printed = parking("ask", "--json", "who hands out parking permits?")
    answer = json.loads(printed.out)
    assert set(answer) == {"status", "answer", "confidence", "citations"}
    assert answer["status"] == "answered"
    assert 0 <= answer["confidence"] <= 1
    [cited] = answer["citations"]
    assert set(cited) == {"page", "source", "section", "quote", "edition"}
    assert (cited["page"], cited["source"]) == ("Parking at the depot", "site/parking.md")
    assert cited["quote"] in PARKING


def test_question_without_an_answer_is_admitted(parking: Pmo) -> None:
    answer = json.loads(parking("ask", "--json", "what is the capital of Mongolia?").out)
    assert (answer["status"], answer["citations"]) == ("not_found", [])


def test_unsure_answer_says_so_and_names_the_closest_sections(parking: Pmo) -> None:
    printed = parking("ask", "who repairs the gate?")
    assert lines(printed.out) == [
        "I'm not sure that the handbook answers this.",
        "",
        "These sections come closest:",
        "  Parking at the depot (site/parking.md)",
        "  Parking at the depot › Visitors (site/parking.md)",
    ]


@pytest.mark.parametrize(("question", "said"), [("", "What would you like to know?"), ("why " * 5000, "too long")])
def test_unusable_question_is_rejected_with_a_reason(parking: Pmo, question: str, said: str) -> None:
    printed = parking("ask", "--json", question)
    assert (printed.code, printed.out) == (1, "")
    assert said in printed.err


def test_invalid_bytes_are_rejected_with_a_reason(parking: Pmo) -> None:
    broken = b"parking \xff permits?".decode("utf-8", "surrogateescape")
    assert parking("ask", broken).code == 0
    assert parking("search", "--json", broken).code == 0
    printed = parking("search", "-", stdin=b"parking\n\xff\xfe\n")
    assert printed.err == "Standard input, line 2: This isn't UTF-8 text.\n"


def test_search_lists_best_sections_first(parking: Pmo) -> None:
    printed = parking("search", "where do visitors park", "--limit", "1")
    assert [line.split("  ")[-2:] for line in lines(printed.out)[1:]] == [
        ["Parking at the depot › Visitors", "(site/parking.md)"]
    ]


def test_search_reads_many_questions_from_input(parking: Pmo) -> None:
    printed = parking("search", "-", "--json", "--limit", "2", stdin=b"visitors\n\npermits\n")
    rows = [json.loads(line) for line in lines(printed.out)]
    assert [row["question"] for row in rows] == ["visitors", "permits"]
    assert set(rows[0]["results"][0]) == {"page", "source", "section", "score", "text"}


def test_import_makes_the_pages_the_handbook(parking: Pmo, tmp_path: Path) -> None:
    (tmp_path / "pages" / "fees.md").write_text("# Fees\n\nThe depot charges three euros a day.\n")
    printed = parking("handbook", "import", "--yes", str(tmp_path / "pages"))
    assert lines(printed.out)[-1] == "The handbook now has 2 pages."
    assert "The depot charges three euros a day." in parking("ask", "what does the depot charge?").out


def test_handbook_without_a_valid_page_is_rejected(parking: Pmo, tmp_path: Path) -> None:
    pages = tmp_path / "broken"
    pages.mkdir()
    (pages / "bad.md").write_bytes("# Café\n".encode("latin-1"))
    printed = parking("handbook", "import", str(pages))
    assert printed.code == 1
    assert f"{pages / 'bad.md'}, line 1: This isn't UTF-8 text. Save it as UTF-8." in lines(printed.err)
    assert json.loads(parking("ask", "--json", "who hands out parking permits?").out)["status"] == "answered"


def test_page_naming_an_unknown_service_is_left_out(parking: Pmo, tmp_path: Path) -> None:
    front = "id: help\ntitle: Help\nowner: U03WEI\nedition: '1'\neffective: 2026-09-01\nservices: [massage]\n"
    (tmp_path / "pages" / "help.md").write_text(f"---\n{front}---\n# Help\n\nText.\n")
    printed = parking("handbook", "import", "--dry-run", str(tmp_path / "pages"))
    assert "  help.md, line 7: services.0: Service “massage” doesn't exist." in printed.out


def test_import_keeps_the_organisations_own_handbook(
    parking: Pmo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    organisation = tmp_path / "organisation.yaml"
    organisation.write_text(
        "name: Small\ntime_zone: Europe/Berlin\npeople: [{id: U01ANN, name: Ann, roles: [pmo_staff]}]\n"
        "channels: {triage: C01, progress: C02, stories: C03, leadership: C04}\nfiles: {handbook: pages}\n"
    )
    monkeypatch.setenv("PMO_ORGANISATION", str(organisation))
    (tmp_path / "other").mkdir()
    assert "sets the handbook to pages" in parking("handbook", "import", str(tmp_path / "other")).err
    assert parking("handbook", "import", str(tmp_path / "pages")).code == 0


def test_evaluation_measures_ones_own_questions(parking: Pmo, tmp_path: Path) -> None:
    rows = [
        {"question": "who hands out parking permits?", "pages": ["site/parking.md"]},
        {"question": "what is the capital of Mongolia?", "pages": []},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    printed = parking("handbook", "evaluate", str(file))
    assert "recall@1                   1.000" in printed.out
    assert "MRR@10                     1.000" in printed.out
    assert "section recall" not in printed.out
    assert json.loads(parking("handbook", "evaluate", "--json", str(file)).out)["false_answers"] == 0
    file.write_text(json.dumps(rows[0] | {"sections": ["site/parking.md#parking-at-the-depot"]}))
    assert "correct section cited      1.000" in parking("handbook", "evaluate", str(file)).out
    file.write_text('{"question": ""}\n')
    assert parking("handbook", "evaluate", str(file)).err.startswith(f"{file}, line 1: question:")


def test_backup_is_made_checked_and_restored(parking: Pmo, tmp_path: Path) -> None:
    file = str(tmp_path / "backup.zip")
    assert parking("backup", file).out.startswith(f"The backup is in {file} (")
    assert "is complete. Nothing was changed." in parking("restore", file, "--dry-run").out
    refused = parking("restore", file)
    assert (refused.code, refused.err.endswith("add --yes: the data is kept aside, not deleted.\n")) == (1, True)
    restored = parking("restore", file, "--yes")
    assert restored.code == 0
    assert "0 requests." in restored.out
    assert "pmo.db.before-" in restored.out
    assert "Parking at the depot" in parking("search", "parking").out


def test_person_is_exported_and_erased(parking: Pmo, tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'data' / 'pmo.db'}")) as database:
        migrate_database(database)
        with Store(database).transaction(MONDAY) as tx:
            tx.homes.mark_opened("U09ULLA")
    exported = parking("person", "export", "U09ULLA", "--name", "Ulla Berg", "--to", str(tmp_path / "ulla.json"))
    assert exported.out == f"{tmp_path / 'ulla.json'} has 1 row from 1 table.\n"
    assert stat.S_IMODE((tmp_path / "ulla.json").stat().st_mode) == 0o600
    asked = parking("person", "erase", "U09ULLA")
    assert lines(asked.out)[0].startswith("What is stored about U09ULLA (name unknown: add --name")
    assert (asked.code, asked.err) == (1, "Nothing was changed. To erase them, add --yes.\n")
    erased = parking("person", "erase", "U09ULLA", "--yes")
    assert "Erased: 1 row changed. 0 messages in Slack will be edited by the bot." in erased.out
    assert parking("person", "erase", "U09ULLA").out.startswith("Nothing that could be erased is stored about U09ULLA")


def test_person_with_duties_isnt_erased(parking: Pmo) -> None:
    refused = parking("person", "erase", "U05EMEKA", "--yes")
    assert refused.code == 1
    assert "Nothing was changed. Do this first:" in refused.err
    assert "still has the role pmo_lead, pmo_staff" in refused.err
