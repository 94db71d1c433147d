"""The registry of a digest's sections knows every section and every figure."""

from dataclasses import fields

from reporting.definitions import DigestSection
from reporting.desk import DeskFigures
from reporting.sections import DESK_LABELS, SECTION_KINDS


def test_every_digest_section_has_title_and_builder() -> None:
    assert set(SECTION_KINDS) == set(DigestSection)
    titles = [kind.title for kind in SECTION_KINDS.values()]
    assert len(set(titles)) == len(titles)


def test_every_desk_figure_has_label() -> None:
    assert set(DESK_LABELS) == {one.name for one in fields(DeskFigures)}
