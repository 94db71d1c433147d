"""The grammar knows every kind of record, and every cue of its rules exists."""

from datetime import date

import pytest

from foundation.record_kinds import RecordKind
from handlers.questions.records.answers.registry import RECORD_ANSWERERS
from handlers.questions.records.clauses import normalise_words, split_clauses
from handlers.questions.records.lexicon import load_lexicon
from handlers.questions.records.names import Name, NameIndex, NameKind, find_intended_word
from handlers.questions.records.parser import ClauseParser, build_parser

# Cues that aren't phrases of the file: what is named, and how the question is built.
STRUCTURE = {"subject", "thing", "number", "period", "state", "bare", "only", "plain", "method"}
NAMED = {cue for kind in NameKind for cue in (kind.value, f"{kind.value}name")}
PARSER: ClauseParser = build_parser(
    NameIndex(
        [
            Name(NameKind.PROJECT, "smart-metering", "Smart metering roll-out", ("smart-metering",)),
            Name(NameKind.PROJECT, "tanks", "Storm overflow screens and tanks", ("storm-overflows",)),
            Name(NameKind.PROJECT, "pressure", "Pressure management in the north"),
            Name(NameKind.METRIC, "leakage", "Leakage"),
            Name(NameKind.PERSON, "U1", "Dana Lindqvist", ("Dana", "Lindqvist")),
        ]
    ),
    lambda stem: stem in {"risk", "regist", "plan", "report", "manag", "pressur"},
    date(2026, 11, 23),
)


def test_every_kind_has_a_rule_and_an_answerer() -> None:
    assert {rule.record for rule in load_lexicon().rules} == set(RECORD_ANSWERERS)
    assert set(RECORD_ANSWERERS) == set(RecordKind) - {RecordKind.UNKNOWN_NAME}


def test_role_is_no_name_of_project() -> None:
    assert not PARSER.parse_clause("how long was the project manager of the intranet in charge")
    assert not PARSER.parse_clause("project management methods, techniques and status")
    named = PARSER.parse_clause("how is the pressure project doing")
    assert named
    assert named.list_keys(NameKind.PROJECT) == ("pressure",)


def test_every_cue_of_a_rule_exists() -> None:
    lexicon = load_lexicon()
    known = {*lexicon.cues, *STRUCTURE, *NAMED, *(f"named {cue}" for cue in lexicon.cues)}
    used = {cue for rule in lexicon.rules for need in rule.needs for cue in need}
    used |= {cue for rule in lexicon.rules for cue in rule.excluded}
    assert used <= known


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("who owns smart metering", RecordKind.RESPONSIBLE),
        ("smart metering, who owns that?", RecordKind.RESPONSIBLE),
        ("hey can you tell me the owner of smart metering please", RecordKind.RESPONSIBLE),
        ("who onws smrat metering", RecordKind.RESPONSIBLE),
        ("whats the status of smart metering", RecordKind.STATUS),
        ("what does dana own", RecordKind.OWNED),
        ("leakage", RecordKind.METRIC),
        ("delete PMO-2", RecordKind.ACTION),
        ("who owns the risk register", None),
        ("how do I report on smart metering", None),
        ("what does red mean", None),
        ("when is a milestone late?", None),
        ("do I need to report this week", RecordKind.NEXT_UPDATE),
        ("do I need to report every week if it is red", None),
    ],
)
def test_order_politeness_and_spelling_do_not_matter(typed: str, kind: RecordKind | None) -> None:
    found = PARSER.parse_clause(typed)
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize("opening", ["", "Hey, can you tell me ", "and please ", "quick question: "])
@pytest.mark.parametrize("ending", ["", "?", " now?", " at the moment", " please!!"])
def test_politeness_and_the_moment_change_nothing(opening: str, ending: str) -> None:
    found = PARSER.parse_clause(f"{opening}is smart metering on track{ending}")
    assert found
    assert (found.kind, found.list_keys(NameKind.PROJECT)) == (RecordKind.STATUS, ("smart-metering",))


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Is it red and what does red mean?", ["Is it red", "what does red mean?"]),
        ("who owns risks and issues?", ["who owns risks and issues?"]),
        ("my project is red, what now?", ["my project is red what now?"]),
        ("I approved it and wasn't asked, what now?", ["I approved it and wasn't asked what now?"]),
        ("which are red? and who owns them", ["which are red", "and who owns them"]),
    ],
)
def test_two_questions_are_taken_apart_but_a_situation_is_not(text: str, clauses: list[str]) -> None:
    assert split_clauses(text) == clauses


def test_contractions_are_written_out() -> None:
    words = normalise_words("What’s Dana’s project? Don't know!")
    assert " ".join(words) == "what is dana's project do not know"


@pytest.mark.parametrize(
    ("typed", "known"), [("stauts", "status"), ("porject", "project"), ("milstone", "milestone"), ("cat", "cat")]
)
def test_slips_are_corrected_to_words_of_the_grammar(typed: str, known: str) -> None:
    assert find_intended_word(typed, load_lexicon().words) == known
