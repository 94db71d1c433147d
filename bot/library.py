"""The handbook in memory, built at start from the organisation's files; meaning vectors come from the database."""

from pathlib import Path

from bot.organisation import Organisation
from knowledge.handbook import read_handbook
from knowledge.library import Library

SHIPPED = Path(__file__).parent.parent / "knowledge" / "handbook"


def handbook_folder(organisation: Organisation) -> Path:
    """Where the organisation's pages stand; without a word of its own, the shipped handbook."""
    own = organisation.files.handbook
    return (organisation.path.parent / own).resolve() if own else SHIPPED


def build(organisation: Organisation) -> Library:
    """Read, check and index the handbook."""
    return Library.build(read_handbook(handbook_folder(organisation)))
