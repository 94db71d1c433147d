"""Typed text as Slack stores it: escaped, with @names and #channels turned into references."""

import re

from workspace.state import WorkspaceState

# A URL in escaped text, without punctuation or a bracket that follows it.
ADDRESS = re.compile(r"(?<![\w`|])https?://(?:&amp;|[^\s<>`|&])*(?:&amp;|[^\s<>`|&.,;:!?)\]'\"])", re.IGNORECASE)


def escape_entities(text: str) -> str:
    """Replace & < > by the HTML entities that Slack uses in text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def encode_typed_text(state: WorkspaceState, text: str, *, with_names: bool = False) -> str:
    """Escape & < >, then turn `@Name`, `@handle` and `#channel` into `<@U…>` and `<#C…>`, and URLs into `<https://…>`.

    The longest name wins. `with_names` adds names (`<@U…|handle>`), as in slash commands with `should_escape`.
    """
    linked = ADDRESS.sub(r"<\g<0>>", escape_entities(text))
    people = _index_people(state, with_names=with_names)
    channels = {
        escape_entities(name).casefold(): f"<#{channel}|{name}>" if with_names else f"<#{channel}>"
        for name, channel in state.channel_names.items()
    }
    return _replace_names("#", channels, _replace_names("@", people, linked))


def find_mentions(state: WorkspaceState, text: str) -> list[str]:
    """Return the ids of the people mentioned in typed text, in order."""
    return re.findall(r"<@(\w+)>", encode_typed_text(state, text))


def _index_people(state: WorkspaceState, *, with_names: bool) -> dict[str, str]:
    names: dict[str, str] = {}
    for person in state.people.values():
        reference = f"<@{person.id}|{person.name}>" if with_names else f"<@{person.id}>"
        names |= {escape_entities(name).casefold(): reference for name in (person.real_name, person.name)}
    return names


def _replace_names(mark: str, names: dict[str, str], text: str) -> str:
    if mark not in text or not names:
        return text
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(
        rf"(?<![\w&<]){mark}({'|'.join(re.escape(name) for name in longest_first)})(?!\w)", re.IGNORECASE
    )
    return pattern.sub(lambda match: names[match.group(1).casefold()], text)
