"""What a person types, as Slack stores it: escaped, with @names and #channels turned into references."""

import re

from workspace.state import WorkspaceState

# An address as it stands in escaped text, without the full stop or bracket that ends a sentence after it.
ADDRESS = re.compile(r"(?<![\w`|])https?://(?:&amp;|[^\s<>`|&])*(?:&amp;|[^\s<>`|&.,;:!?)\]'\"])", re.IGNORECASE)


def escape_entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def encode_typed_text(state: WorkspaceState, text: str, *, with_names: bool = False) -> str:
    """Escape & < >, then turn `@Name`, `@handle` and `#channel` into `<@U…>` and `<#C…>` and addresses into `<https://…>`.

    The longest name wins. `with_names` adds them (`<@U…|handle>`), as slash commands with `should_escape` get them.
    """
    linked = ADDRESS.sub(r"<\g<0>>", escape_entities(text))
    people = _index_people(state, with_names=with_names)
    channels = {
        escape_entities(name).casefold(): f"<#{channel}|{name}>" if with_names else f"<#{channel}>"
        for name, channel in state.channel_names.items()
    }
    return _replace_names("#", channels, _replace_names("@", people, linked))


def find_mentions(state: WorkspaceState, text: str) -> list[str]:
    """The ids of the people a typed text names, in order."""
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
