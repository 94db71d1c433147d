"""YAML text as plain values, each with its line and the text that was typed.

Aliases are shared, never copied, and what they would come to is counted before anything is built: a text of half a
kilobyte can stand for millions of values.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode
from ruamel.yaml.reader import ReaderError

from foundation.text import is_visible, remove_direction
from foundation.yaml_messages import explain_syntax_error, find_unstorable, name_sign

DEEPEST = 50  # levels; people's files have five or six
MOST_REPEATED = 20_000  # values that aliases may stand for, in one file
_MERGE = "tag:yaml.org,2002:merge"
_KNOWN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "timestamp")}


class YamlProblem(Exception):
    """YAML that can't be read. `line` counts from 0; it's None where it isn't known."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.message, self.line = message, line


class YamlTree:
    """A YAML text that was read. `value` is made of dict, list, str, int, float, bool, date, datetime and None.

    The keys of a dict are always text. A path has the keys and, counted from 0, the entries of lists that lead to a
    value.
    """

    def __init__(self, root: Any, value: Any) -> None:
        self._root = root
        self.value = value

    def find_line(self, path: Sequence[str | int]) -> int:
        """The line, counted from 0, of the value at the path, or of the nearest around it."""
        line, node = 0, self._root
        for part in path:
            found = _find_child(node, part)
            if found is None:
                break
            key, node = found
            line = key.start_mark.line
        return line

    def find_text(self, path: Sequence[str | int]) -> str | None:
        """What was typed for the single value at the path; None if there's none."""
        node = self._root
        for part in path:
            found = _find_child(node, part)
            if found is None:
                return None
            node = found[1]
        return node.value if isinstance(node, ScalarNode) else None


def parse_yaml_nodes(text: str) -> YamlTree:
    """Read YAML text.

    Raises:
        YamlProblem: it isn't YAML, nests too deep, repeats too much, or has signs that can't be kept.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = DEEPEST
    try:
        constructor, _ = yaml.get_constructor_parser(text)
        constructor.composer.warn_double_anchors = False
        root = constructor.composer.get_single_node()
    except (YAMLError, ValueError, LookupError, TypeError, AttributeError) as error:
        message, line = explain_syntax_error(error, text)
        is_text = not isinstance(error, ReaderError)
        raise YamlProblem(f"Not valid YAML: {message}" if is_text else message, line) from None
    return YamlTree(root, None if root is None else _Builder(constructor).build(root, root))


class _Builder:
    """Builds plain values from nodes. Aliases to the same anchor share one value."""

    def __init__(self, constructor: Any) -> None:
        self._constructor = constructor
        self._built: dict[int, Any] = {}
        self._sizes: dict[int, int] = {}  # the number of values that each node stands for, itself included
        self._begun: set[int] = set()
        self._repeated = 0

    def build(self, node: Any, place: Any) -> Any:
        """The value of the node; `place` is the node whose line a problem with it is reported at."""
        number = id(node)
        if number in self._built:
            self._repeated += self._sizes[number]
            if self._repeated > MOST_REPEATED:
                raise _report("Too many aliases (“*name”): they repeat too much. Write out what you need.", place)
            return self._built[number]
        if number in self._begun:
            raise _report("An alias (“*name”) repeats the field it's in, without end. Remove it.", place)
        self._begun.add(number)
        self._built[number] = self._build_new(node)
        self._sizes[number] = 1 + sum(self._sizes[id(child)] for child in _list_children(node))
        return self._built[number]

    def _build_new(self, node: Any) -> Any:
        if isinstance(node, ScalarNode):
            return self._build_scalar(node)
        if isinstance(node, MappingNode):
            return self._build_fields(node)
        return [self.build(child, child if id(child) not in self._built else node) for child in node.value]

    def _build_fields(self, node: MappingNode) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise _report("A value with brackets or braces in it needs quotation marks.", key)
            built = self.build(value, key)
            if key.tag == _MERGE:
                merged = _merge_fields(built, key) | merged
            elif key.value in fields:
                raise _report(f"“{key.value}” is here twice. Remove one of the two.", key)
            else:
                self._check_signs(key)
                fields[key.value] = built
        return merged | fields

    def _build_scalar(self, node: ScalarNode) -> Any:
        self._check_signs(node)
        if str(node.tag) not in _KNOWN_TAGS:  # people's own text that begins with “!”
            return f"{node.tag} {node.value}".strip()
        try:
            return _clean(self._constructor.construct_object(node))
        except (ValueError, YAMLError):  # such as a date that doesn't exist: reported with its field
            return node.value

    def _check_signs(self, node: ScalarNode) -> None:
        if sign := find_unstorable(node.value):
            raise _report(f"This isn't a text file: it has the sign {name_sign(sign)}. Remove it.", node)


def _clean(value: Any) -> Any:
    """Text without what turns the direction of writing; empty if there is something that nobody can see."""
    if not isinstance(value, str) or value.isascii():
        return value
    return remove_direction(value) if is_visible(value) or not value.strip() else ""


def _report(message: str, node: Any) -> YamlProblem:
    return YamlProblem(message, node.start_mark.line)


def _merge_fields(built: Any, key: ScalarNode) -> dict[str, Any]:
    """The fields that “<<” takes over; of several, the first counts."""
    parts = built if isinstance(built, list) else [built]
    if not all(isinstance(part, dict) for part in parts):
        raise _report("“<<” needs an alias of named fields, such as “<<: *usual”.", key)
    return {name: value for part in reversed(parts) for name, value in part.items()}


def _list_children(node: Any) -> Iterator[Any]:
    if isinstance(node, MappingNode):
        yield from (value for _, value in node.value)
    elif not isinstance(node, ScalarNode):
        yield from node.value


def _find_child(node: Any, part: str | int) -> tuple[Any, Any] | None:
    """The node whose line counts, and the node of the value."""
    if isinstance(node, MappingNode):
        return _find_field(node, str(part))
    if isinstance(node, ScalarNode) or node is None or not isinstance(part, int) or part >= len(node.value):
        return None
    return node.value[part], node.value[part]


def _find_field(node: MappingNode, name: str) -> tuple[Any, Any] | None:
    merged: list[Any] = []
    for key, value in node.value:
        if getattr(key, "tag", "") == _MERGE:
            merged += [value] if isinstance(value, MappingNode) else value.value
        elif key.value == name:
            return key, value
    return next((found for other in merged if (found := _find_field(other, name))), None)
