"""The shipped handbook, with and without the model, and small handbooks that tests write."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from filelock import FileLock

from knowledge.embedding import Encoder, find_missing_packages, load_encoder
from knowledge.handbook import Handbook, Page, read_handbook
from knowledge.index_builder import IndexTables, build_tables
from knowledge.library import Library
from knowledge.passages import Passage, split_into_passages

ROOT = Path(__file__).parent.parent.parent
SHIPPED = ROOT / "knowledge" / "handbook"


class FileVectors:
    """A VectorStore in a folder, so that a second run of the tests need not encode the handbook again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get_many(self, encoder: str, digests: Sequence[str]) -> Mapping[str, bytes]:
        known = {name: self._folder / f"{encoder}-{name}" for name in digests}
        return {name: path.read_bytes() for name, path in known.items() if path.exists()}

    def put_many(self, encoder: str, vectors: Mapping[str, bytes]) -> None:
        for name, vector in vectors.items():
            (self._folder / f"{encoder}-{name}").write_bytes(vector)


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
def model_cache(request: pytest.FixtureRequest) -> Path:
    if missing := find_missing_packages():
        pytest.skip(f"The model's packages are not installed: {', '.join(missing)}.")
    return Path(request.config.cache.mkdir("model"))


@pytest.fixture(scope="session")
def encoder(model_cache: Path) -> Encoder:
    found = load_encoder(model_cache)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def by_meaning(shipped: Handbook, encoder: Encoder, model_cache: Path) -> Library:
    """The shipped handbook with the model."""
    with FileLock(model_cache / "vectors.lock"):
        (model_cache / "vectors").mkdir(exist_ok=True)
        return Library.build(shipped, encoder, FileVectors(model_cache / "vectors"))


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
