"""One office for all these tests: opening it takes seconds, and a question changes nothing that another one reads."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.conftest import handbook_data
from tests.handlers.questions.records.sample_office import SampleOffice, open_sample_office

__all__ = ["handbook_data"]


@pytest.fixture(scope="session")
def office(handbook_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleOffice]:
    data = Path(shutil.copytree(handbook_data, tmp_path_factory.mktemp("records") / "data"))
    with open_sample_office(data) as opened:
        yield opened
