"""One office for all these tests: opening it takes seconds, and a question changes nothing that another one reads."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.handbook_data import copy_data
from tests.handlers.questions.records.sample_office import SampleOffice, open_sample_office


@pytest.fixture(scope="session")
def office(handbook_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleOffice]:
    data = copy_data(handbook_data, tmp_path_factory.mktemp("records") / "data")
    with open_sample_office(data) as opened:
        yield opened
