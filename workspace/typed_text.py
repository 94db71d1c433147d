"""What a person types, as Slack stores it: escaped, with @names and #channels turned into references."""

import re

from workspace.state import State


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_stored(state: State, text: str) -> str:
    """Escape & < >, then turn `@Name`, `@handle` and `#channel` into `<@U…>` and `<#C…>`; the longest name wins."""
    escaped = escape(text)
    people = {}
    for person in state.people.values():
        for name in (person.real_name, person.name):
            people[escape(name).casefold()] = f"<@{person.id}>"
    channels = {escape(name).casefold(): f"<#{channel}>" for name, channel in state.channel_names.items()}
    return _replace("#", channels, _replace("@", people, escaped))


def _replace(mark: str, names: dict[str, str], text: str) -> str:
    if mark not in text or not names:
        return text
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(
        rf"(?<![\w&<]){mark}({'|'.join(re.escape(name) for name in longest_first)})(?!\w)", re.IGNORECASE
    )
    return pattern.sub(lambda match: names[match.group(1).casefold()], text)
