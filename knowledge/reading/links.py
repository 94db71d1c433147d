"""Links that CommonMark doesn't take for links, as those or as their words."""

import re

_WORDS = r"(?:[^\[\]\n\\]|\\.|\[[^\[\]\n]*\](?:\([^()\n]*\))?|\n(?![ \t]*\n)){1,2000}"
_INLINE = re.compile(
    rf"(?<!\\)(?P<image>!?)\[(?P<words>{_WORDS}?)\]"
    r"\((?P<address>(?:[^()\n<>]|<[^<>\n]*>|\([^()\n]*\)|\n(?![ \t]*\n))*)\)"
)
_VALID = re.compile(
    r"\s*(?:<[^<>\n]*>|[^\s<>()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*"
)
_TITLE = re.compile(r"\s+(?:\"[^\"]*\"|'[^']*')\s*$|\s+=\d*x\d*\s*$")
_LABELLED = re.compile(
    r"(?<![\\\]])(?P<image>!?)\[(?P<words>(?:[^\[\]\n]|\n(?![ \t]*\n))+)\][ ]?\[(?P<label>[^\[\]\n]*)\](?![(\[])"
)
_DEFINITION = re.compile(r"^ {0,3}\[([^\]\n]+)\]:[ \t]*\n?[ \t]*\S", re.MULTILINE)
_EMPTY_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n^]+\]:[ \t]*$(?!\n[ \t]*[^\s\[])", re.MULTILINE)


def read_links(text: str) -> str:
    """The text with valid links only. Addresses with blanks get angle brackets; a link to nowhere is its words."""
    if "](" in text:
        text = _INLINE.sub(_read_inline, text)
    if "]:" in text:
        text = _EMPTY_DEFINITION.sub("", text)
    if "][" in text or "] [" in text:
        labels = {" ".join(label.lower().split()) for label in _DEFINITION.findall(text)}
        text = _LABELLED.sub(lambda found: _read_labelled(found, labels), text)
    return text


def _read_inline(found: re.Match[str]) -> str:
    address = found["address"]
    if address.strip() and _VALID.fullmatch(address) and "\n" not in address:
        return found[0]
    lines = "\n" * address.count("\n")
    bare = " ".join(_TITLE.sub("", address).replace("<", "").replace(">", "").split())
    if not bare:
        return ("" if found["image"] else found["words"]) + lines
    return f"{found['image']}[{found['words']}](<{bare}>){lines}"


def _read_labelled(found: re.Match[str], labels: set[str]) -> str:
    label = found["label"] or found["words"]
    return found[0] if " ".join(label.lower().split()) in labels else found["words"]
