"""The model: its graph against a plain forward pass, its cache, and working without it."""

import logging
import multiprocessing
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import knowledge.embedding
from foundation.processes import build_environment
from knowledge.embedding import Encoder, MiniLM, explain_missing_model, load_encoder

Array = NDArray[np.float32]

TEXTS = [
    "How do I know whether my project is in trouble?",
    "A project is in trouble when its forecast leaves the agreed tolerances.",
    "template",
    "Who signs the project charter, and by when must it be done? Ünïcode 漢字 🎉",
    (
        "The project manager approves a change that stays within tolerance; the change board decides everything above "
        "it within five business days, and an emergency change is decided within one. Whoever asks for the change says "
        "what it costs, what it moves, which risks it brings and what happens if it is declined. "
    )
    * 3,
]


@pytest.mark.usefixtures("model_cache")
def test_graph_agrees_with_plain_forward_pass(tmp_path: Path) -> None:
    encoder = load_encoder(tmp_path)  # built again, because the cache would hide a mistake in building it
    assert encoder is not None

    vectors = encoder.encode(TEXTS)

    expected = np.stack([_forward(text) for text in TEXTS])
    assert vectors.shape == (len(TEXTS), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (vectors * expected).sum(axis=1).min() > 0.98  # int8 costs a little accuracy, a wrong graph all of it
    assert np.abs(vectors @ vectors.T - expected @ expected.T).max() < 0.06


def test_vector_does_not_depend_on_neighbours(encoder: Encoder) -> None:
    alone = encoder.encode([TEXTS[0]])
    among = encoder.encode([*TEXTS * 4, TEXTS[0]])

    np.testing.assert_array_equal(alone[0], among[0])
    np.testing.assert_array_equal(alone[0], among[-1])


def test_encoder_reports_progress_to_the_end(encoder: Encoder) -> None:
    steps: list[tuple[int, int]] = []

    encoder.encode(["word"] * 20, lambda done, total: steps.append((done, total)))

    assert steps == [(count, 20) for count in range(1, 21)]


def test_empty_and_very_long_texts_have_vectors(encoder: Encoder) -> None:
    assert np.isfinite(encoder.encode(["", " ", "x" * 50_000, "word " * 20_000])).all()


def test_graph_is_built_once(encoder: Encoder, model_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr(knowledge.embedding, "_build_graph", refuse)

    again = load_encoder(model_cache)

    assert again is not None
    assert again.name == encoder.name


@pytest.mark.usefixtures("model_cache")
def test_parallel_processes_build_one_graph(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        names = pool.map(_name_of_loaded, [tmp_path] * 2)

    assert len(set(names)) == 1
    assert [path.suffix for path in sorted(tmp_path.iterdir()) if path.suffix != ".lock"] == [".onnx"]


def test_missing_packages_turn_model_off_with_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(knowledge.embedding, "_PACKAGES", ("onnxruntime", "no_such_package"))
    caplog.set_level(logging.INFO)

    assert load_encoder(tmp_path) is None
    assert "Not installed: no_such_package." in caplog.text
    assert "requirements/model.txt" in (explain_missing_model() or "")


@pytest.mark.usefixtures("model_cache")
def test_broken_graph_turns_model_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    assert load_encoder(tmp_path / "file" / "cache") is None

    monkeypatch.setattr(knowledge.embedding, "_build_graph", lambda _, target: target.write_bytes(b"broken"))
    assert load_encoder(tmp_path) is None
    assert caplog.text.count("Search by meaning is off") == 2


def _name_of_loaded(cache: Path) -> str:
    encoder = load_encoder(cache)
    assert isinstance(encoder, MiniLM)
    return encoder.name


def _forward(text: str) -> Array:
    """BERT as its paper describes it, in float32: embeddings, six layers, mean of the tokens, unit length."""
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    model = knowledge.embedding._find_model_folder()
    weights = load_file(model / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    ids = tokenizer.encode(text).ids

    def norm(x: Array, name: str) -> Array:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return np.asarray(scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"], dtype=np.float32)

    def linear(x: Array, name: str) -> Array:
        return np.asarray(x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"], dtype=np.float32)

    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for at in range(6):
        layer = f"encoder.layer.{at}"
        query, key, value = (
            linear(x, f"{layer}.attention.self.{name}").reshape(len(ids), 12, 32).transpose(1, 0, 2)
            for name in ("query", "key", "value")
        )
        scores = np.exp(query @ key.transpose(0, 2, 1) / np.sqrt(32))
        mixed = (scores / scores.sum(-1, keepdims=True) @ value).transpose(1, 0, 2).reshape(len(ids), 384)
        x = norm(x + linear(mixed, f"{layer}.attention.output.dense"), f"{layer}.attention.output.LayerNorm")
        wide = linear(x, f"{layer}.intermediate.dense")
        wide = wide * 0.5 * (1 + _erf(wide / np.sqrt(2)))
        x = norm(x + linear(wide, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    mean = x.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


def _erf(x: Array) -> Array:
    """The error function to 1.5e-7 (Abramowitz and Stegun, 7.1.26)."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return np.asarray(np.sign(x) * (1 - series * np.exp(-x * x)), dtype=np.float32)


@pytest.mark.usefixtures("encoder")
def test_runtime_reports_nothing_to_its_maker(model_folder: Path, tmp_path: Path) -> None:
    """Published builds of the runtime count the machines they run on, by an id that they store in the home folder."""
    steps = f"load_encoder(Path({str(model_folder)!r})).encode(['x'])"
    script = f"from pathlib import Path; from knowledge.embedding import load_encoder; {steps}"
    environment = build_environment() | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", script], env=environment, check=True, timeout=120)
    assert list(tmp_path.rglob("*")) == []
