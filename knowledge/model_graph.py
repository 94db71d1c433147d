"""The MiniLM sentence model as an ONNX graph, built directly from its weights: no torch, 23 MB instead of 91.

Weights are int8, with a scale per output column (per row in the word table); activations are quantised at run time
(DynamicQuantizeLinear). Run it as `python -m knowledge.model_graph WEIGHTS TARGET`: building takes much memory, and a
separate process frees it.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper, save
from safetensors.numpy import load_file

LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12
OPSET, IR = 20, 10
# Seven bits, not eight: processors without VNNI add pairs of products in 16 bits, which full-range weights overflow.
WEIGHT_LIMIT = 63

Array = NDArray[np.float32]


class _Graph:
    """Collects nodes and constants; every method returns the name of its output."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def constant(self, value: NDArray[np.generic]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        name = f"n{len(self.nodes)}"
        names = [name, *(f"{name}_{at}" for at in range(1, outputs))]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return name

    def linear(self, x: str, weight: Array, bias: Array) -> str:
        """x · weightᵀ + bias, with the weight in int8."""
        table, scale = quantise_rows(weight)
        packed = self.node("DynamicQuantizeLinear", x, outputs=3)
        product = self.node("MatMulInteger", packed, self.constant(table.T), f"{packed}_2")
        scales = self.node("Mul", f"{packed}_1", self.constant(scale[:, 0]))
        real = self.node("Mul", self.node("Cast", product, to=TensorProto.FLOAT), scales)
        return self.node("Add", real, self.constant(bias))

    def normalise(self, x: str, weight: Array, bias: Array) -> str:
        return self.node("LayerNormalization", x, self.constant(weight), self.constant(bias), axis=-1, epsilon=EPSILON)


def quantise_rows(weight: Array) -> tuple[NDArray[np.int8], Array]:
    """int8 rows, and the scale [rows, 1] that turns them back into floats."""
    scale = np.maximum(np.abs(weight).max(axis=1, keepdims=True), 1e-9) / WEIGHT_LIMIT
    return np.round(weight / scale).astype(np.int8), scale.astype(np.float32)


def build_graph(weights: Mapping[str, Array]) -> ModelProto:
    """The model: ids and mask [texts, tokens] int64 → vector [texts, 384], mean of the tokens, of unit length."""
    graph = _Graph()
    x = _add_embeddings(graph, weights)
    keep = graph.node("Cast", "mask", to=TensorProto.FLOAT)
    away = graph.node("Mul", graph.node("Sub", graph.constant(_to_array(1)), keep), graph.constant(_to_array(-1e9)))
    away = graph.node("Unsqueeze", away, graph.constant(np.array([1, 2])))
    for at in range(LAYERS):
        layer = {name.removeprefix(f"encoder.layer.{at}."): value for name, value in weights.items()}
        x = _add_layer(graph, layer, x, away)
    graph.nodes.append(helper.make_node("Identity", [_pool_tokens(graph, x, keep)], ["vector"]))
    shape = ["texts", "tokens"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("ids", "mask")]
    output = helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["texts", WIDTH])
    body = helper.make_graph(graph.nodes, "minilm", inputs, [output], graph.constants)
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)


def _add_embeddings(graph: _Graph, weights: Mapping[str, Array]) -> str:
    table, scale = quantise_rows(weights["embeddings.word_embeddings.weight"])
    words = graph.node("Cast", graph.node("Gather", graph.constant(table), "ids"), to=TensorProto.FLOAT)
    words = graph.node("Mul", words, graph.node("Gather", graph.constant(scale), "ids"))
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    length = graph.node("Slice", graph.node("Shape", "ids"), *(graph.constant(np.array([at])) for at in (1, 2)))
    here = graph.node("Slice", graph.constant(places), graph.constant(np.array([0])), length)
    return graph.normalise(graph.node("Add", words, here), *_get_pair(weights, "embeddings.LayerNorm"))


def _add_layer(graph: _Graph, layer: Mapping[str, Array], x: str, away: str) -> str:
    query, key, value = (
        _split_heads(graph, graph.linear(x, *_get_pair(layer, f"attention.self.{name}")), name)
        for name in ("query", "key", "value")
    )
    scores = graph.node("Mul", graph.node("MatMul", query, key), graph.constant(_to_array((WIDTH / HEADS) ** -0.5)))
    weights = graph.node("Softmax", graph.node("Add", scores, away), axis=-1)
    mixed = graph.node("Transpose", graph.node("MatMul", weights, value), perm=[0, 2, 1, 3])
    mixed = graph.node("Reshape", mixed, graph.constant(np.array([0, 0, WIDTH])))
    mixed = graph.linear(mixed, *_get_pair(layer, "attention.output.dense"))
    x = graph.normalise(graph.node("Add", x, mixed), *_get_pair(layer, "attention.output.LayerNorm"))
    wide = graph.node("Gelu", graph.linear(x, *_get_pair(layer, "intermediate.dense")))
    wide = graph.linear(wide, *_get_pair(layer, "output.dense"))
    return graph.normalise(graph.node("Add", x, wide), *_get_pair(layer, "output.LayerNorm"))


def _split_heads(graph: _Graph, x: str, name: str) -> str:
    """[texts, tokens, width] → [texts, heads, tokens, width / heads]; of the key the transpose of its last two."""
    split = graph.node("Reshape", x, graph.constant(np.array([0, 0, HEADS, WIDTH // HEADS])))
    return graph.node("Transpose", split, perm=[0, 2, 3, 1] if name == "key" else [0, 2, 1, 3])


def _pool_tokens(graph: _Graph, x: str, keep: str) -> str:
    last, tokens = graph.constant(np.array([2])), graph.constant(np.array([1]))
    total = graph.node("ReduceSum", graph.node("Mul", x, graph.node("Unsqueeze", keep, last)), tokens, keepdims=0)
    return graph.node("LpNormalization", total, axis=-1, p=2)


def _get_pair(weights: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _to_array(value: float) -> NDArray[np.generic]:
    return np.array(value, dtype=np.float32)


def write_graph(source: str, target: str) -> None:
    save(build_graph(load_file(source)), Path(target))


if __name__ == "__main__":
    write_graph(*sys.argv[1:])
