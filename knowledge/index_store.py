"""Index tables in folders of array files, to be memory-mapped by any number of processes.

A folder appears under its name when it is complete, and never changes. Its manifest has the size and checksum of every
file, so that a damaged folder is not opened.
"""

import json
import logging
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version as get_package_version
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from knowledge.index_builder import IndexTables
from knowledge.meaning_tables import MeaningTables
from knowledge.ragged import FileBytes
from knowledge.text_tables import TextTables

log = logging.getLogger(__name__)

FOLDERS = 2  # that are left in place: that of the current handbook, and the one before it
PIECE = 1 << 20
LONG_TEXTS = 1 << 21  # bytes; longer texts are read instead of mapped
MANIFEST = "manifest.json"
_BUILDING = "building-"

T = TypeVar("T")


class IndexStore:
    """The indexes below one folder. `encoder` names the model, “” without one."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.lock_path = root / "build.lock"

    def lock(self) -> FileLock:
        """Held by the one process that builds an index. If it dies, the operating system frees the lock."""
        self._root.mkdir(parents=True, exist_ok=True)
        return FileLock(self.lock_path)

    def open(self, version: str, encoder: str) -> IndexTables | None:
        """The index of this version; None if it isn't there, is damaged, or was made by other code."""
        return _open_folder(self._root / _name_folder(version), encoder)

    def open_latest(self, encoder: str) -> IndexTables | None:
        """The newest index that this code and the encoder made."""
        found = (_open_folder(folder, encoder) for folder in self._list_folders())
        return next(filter(None, found), None)

    def save(self, version: str, encoder: str, tables: IndexTables) -> None:
        """Write the index, and remove old ones. The caller holds the lock."""
        self._remove_unfinished()
        part = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=self._root))
        for name, array in _list_arrays(tables):
            _save_array(part / f"{name}.npy", array)
        manifest = {"format": compute_format(), "encoder": encoder, "files": _measure_files(part)}
        _write_durably(part / MANIFEST, json.dumps(manifest).encode())
        target = self._root / _name_folder(version)
        shutil.rmtree(target, ignore_errors=True)  # it could not be opened, or it wouldn't be built again
        os.replace(part, target)
        for old in self._list_folders()[FOLDERS:]:
            # Processes that have mapped its files go on using them.
            shutil.rmtree(old, ignore_errors=True)

    def _list_folders(self) -> list[Path]:
        """Complete folders, newest first."""
        found = [path.parent for path in self._root.glob(f"*/{MANIFEST}") if not path.parent.name.startswith(_BUILDING)]
        return sorted(found, key=lambda folder: -folder.stat().st_mtime_ns)

    def _remove_unfinished(self) -> None:
        for part in self._root.glob(f"{_BUILDING}*"):
            shutil.rmtree(part, ignore_errors=True)


@cache
def compute_format() -> str:
    """Changes with the code of this package, its data and the libraries that decide what an index contains."""
    own = Path(__file__).parent
    paths = sorted(path for path in own.iterdir() if path.suffix in (".py", ".txt", ".json", ".yaml"))
    packages = [f"{name} {get_package_version(name)}" for name in ("markdown-it-py", "PyStemmer")]
    return sha256(b"".join(path.read_bytes() for path in paths) + "\n".join(packages).encode()).hexdigest()[:16]


def _name_folder(version: str) -> str:
    return f"{version}-{compute_format()}"


def _open_folder(folder: Path, encoder: str) -> IndexTables | None:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if (manifest["format"], manifest["encoder"]) != (compute_format(), encoder):
            return None
        if _measure_files(folder) != manifest["files"]:
            raise ValueError("The files aren't those that were written.")
        names = manifest["files"].keys()
        has_meaning = any(name.startswith("meaning.") for name in names)
        return IndexTables(
            _read_tables(folder, "text", TextTables),
            _read_tables(folder, "meaning", MeaningTables) if has_meaning else None,
            np.load(folder / "thresholds.npy", allow_pickle=False) if "thresholds.npy" in names else None,
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("The index in %s is damaged and will be built again (%s).", folder, error)
        return None


def _list_arrays(tables: object, prefix: str = "") -> Iterator[tuple[str, NDArray[Any]]]:
    """Every array of nested dataclasses, with a name such as “text.pages.first”."""
    for field in fields(tables):  # type: ignore[arg-type]
        value, name = getattr(tables, field.name), f"{prefix}{field.name}"
        if is_dataclass(value):
            yield from _list_arrays(value, f"{name}.")
        elif value is not None:
            yield name, value


def _read_tables(folder: Path, name: str, kind: type[T]) -> T:
    """The counterpart of `_list_arrays`."""
    hints = get_type_hints(kind)
    return kind(
        **{
            field.name: _read_tables(folder, f"{name}.{field.name}", hints[field.name])
            if is_dataclass(hints[field.name])
            else _map_array(folder / f"{name}.{field.name}.npy")
            for field in fields(kind)  # type: ignore[arg-type]
        }
    )


def _map_array(path: Path) -> NDArray[Any] | FileBytes:
    array: np.memmap[Any, Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    if array.dtype == np.uint8 and array.size > LONG_TEXTS:
        return FileBytes(path, array.offset, array.size)
    return array.view(np.ndarray)  # the same memory, without the cost of np.memmap at every operation


def _save_array(path: Path, array: NDArray[Any]) -> None:
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _measure_files(folder: Path) -> dict[str, list[int]]:
    """Size and checksum of each file but the manifest, by its name."""
    found: dict[str, list[int]] = {}
    for path in sorted(folder.glob("*.npy")):
        size = checksum = 0
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                size, checksum = size + len(piece), zlib.crc32(piece, checksum)
        found[path.name] = [size, checksum]
    return found
