"""The shipped handbook, with and without the model, and small handbooks that tests write."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge.embedding import Encoder, find_missing_packages, load_encoder
from knowledge.handbook import Handbook, Page, read_handbook
from knowledge.index_builder import IndexTables, build_tables
from knowledge.index_store import IndexStore
from knowledge.library import Library, compute_version
from knowledge.passages import Passage, split_into_passages
from storage.database import Database
from storage.handbook import VectorCache

ROOT = Path(__file__).parent.parent.parent
SHIPPED = ROOT / "knowledge" / "handbook"


@pytest.fixture(scope="session")
def shipped() -> Handbook:
    return read_handbook(SHIPPED, strict=True)


@pytest.fixture(scope="session")
def passages(shipped: Handbook) -> list[Passage]:
    """The passages of the shipped handbook."""
    return [passage for page in shipped for passage in split_into_passages(page)]


@pytest.fixture(scope="session")
def by_words_tables(shipped: Handbook) -> IndexTables:
    """The index of the shipped handbook without a model."""
    return build_tables(tuple(shipped), None)


@pytest.fixture(scope="session")
def by_words(by_words_tables: IndexTables) -> Library:
    """The shipped handbook without a model."""
    return Library.open(by_words_tables, None)


@pytest.fixture(scope="session")
def model_cache(model_folder: Path) -> Path:
    if missing := find_missing_packages():
        pytest.skip(f"The model's packages are not installed: {', '.join(missing)}.")
    return model_folder


@pytest.fixture(scope="session")
def encoder(model_cache: Path) -> Encoder:
    found = load_encoder(model_cache)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def by_meaning(shipped: Handbook, encoder: Encoder, handbook_data: Path) -> Iterator[Library]:
    """The shipped handbook with the model."""
    indexes = IndexStore(handbook_data / "model" / "index")
    tables = indexes.open(compute_version(encoder, [page.key for page in shipped]), encoder.name)
    assert tables is not None
    database = Database(f"sqlite:///{handbook_data / 'pmo.db'}")
    yield Library.open(tables, encoder, VectorCache(database))
    database.close()


@pytest.fixture(params=["words", "meaning"])
def library(request: pytest.FixtureRequest) -> Library:
    """The shipped handbook, once without and once with the model."""
    found = request.getfixturevalue(f"by_{request.param}")
    assert isinstance(found, Library)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for a handbook."""
    path = tmp_path / "handbook"
    path.mkdir()
    return path


@pytest.fixture
def write(folder: Path) -> Callable[[str, str], Path]:
    """Puts a page into the folder: write("control/risk.md", "…")."""

    def put(source: str, text: str) -> Path:
        path = folder / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return put


@pytest.fixture
def page() -> Callable[..., Page]:
    """A page of a text: page("# Risk\\n…", id="risk")."""

    def make(text: str, **fields: object) -> Page:
        known: dict[str, object] = {"id": "risk", "title": "Risk", "source": "risk.md", "digest": str(hash(text))}
        return Page(**(known | fields), text=text)  # type: ignore[arg-type]

    return make
