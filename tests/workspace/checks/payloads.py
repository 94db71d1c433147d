"""Small payloads that the tests combine into larger ones."""

from typing import Any

from workspace.checks import check_blocks

Payload = dict[str, Any]


def plain(text: str = "Open", **more: Any) -> Payload:
    return {"type": "plain_text", "text": text, **more}


def mrkdwn(text: str = "*Amber*", **more: Any) -> Payload:
    return {"type": "mrkdwn", "text": text, **more}


def option(value: str = "amber", text: str = "Amber", **more: Any) -> Payload:
    return {"text": plain(text), "value": value, **more}


def options(count: int) -> list[Payload]:
    return [option(f"project-{index}", f"Project {index}") for index in range(count)]


def group(label: str = "Portfolio", count: int = 1, first: str = "p") -> Payload:
    return {"label": plain(label), "options": [option(f"{first}{index}") for index in range(count)]}


def button(action_id: str = "open", **more: Any) -> Payload:
    return {"type": "button", "text": plain(), "action_id": action_id, **more}


def confirm(**more: Any) -> Payload:
    wording = {"title": plain("Sure?"), "text": mrkdwn(), "confirm": plain("Yes"), "deny": plain("No")}
    return {**wording, **more}


def image(**more: Any) -> Payload:
    return {
        "type": "image",
        "image_url": "https://example.org/chart.png",
        "alt_text": "Burn-up of the programme",
        **more,
    }


def section(**more: Any) -> Payload:
    return {"type": "section", "text": mrkdwn(), **more}


def actions(*elements: Payload) -> Payload:
    return {"type": "actions", "elements": list(elements)}


def field(element: Payload, **more: Any) -> Payload:
    return {"type": "input", "label": plain("Project"), "element": element, **more}


def text(words: str = "On track", **more: Any) -> Payload:
    return {"type": "text", "text": words, **more}


def rich(*parts: Payload) -> Payload:
    return {"type": "rich_text", "elements": list(parts)}


def rich_section(*inline: Payload) -> Payload:
    return {"type": "rich_text_section", "elements": list(inline)}


def cell(words: str = "Amber") -> Payload:
    return {"type": "raw_text", "text": words}


def figure(value: float = 3) -> Payload:
    return {"type": "raw_number", "value": value, "text": f"{value:g}"}


def rows(count: int, width: int = 2) -> list[list[Payload]]:
    return [[cell(f"{row}.{column}") for column in range(width)] for row in range(count)]


def table(count: int = 2, width: int = 2, **more: Any) -> Payload:
    return {"type": "table", "rows": rows(count, width), **more}


def data_table(count: int = 2, width: int = 2, **more: Any) -> Payload:
    return {"type": "data_table", "caption": "Projects by health", "rows": rows(count, width), **more}


def series(name: str = "Plan", labels: tuple[str, ...] = ("Q1", "Q2")) -> Payload:
    return {"name": name, "data": [{"label": label, "value": 4} for label in labels]}


def plot(kind: str = "line", labels: tuple[str, ...] = ("Q1", "Q2"), names: tuple[str, ...] = ("Plan",)) -> Payload:
    lines = [series(name, labels) for name in names]
    return {"type": kind, "series": lines, "axis_config": {"categories": list(labels)}}


def pie(count: int = 2) -> Payload:
    return {"type": "pie", "segments": [{"label": f"Goal {index}", "value": 1} for index in range(count)]}


def chart(shown: Payload, title: str = "Progress") -> Payload:
    return {"type": "data_visualization", "title": title, "chart": shown}


def modal(*blocks: Payload, **more: Any) -> Payload:
    return {"type": "modal", "title": plain("New request"), "blocks": list(blocks), **more}


def messages_of(problems: Any) -> list[str]:
    return [str(problem) for problem in problems]


def surfaces_accepting(block: Payload) -> set[str]:
    """Return the surfaces that accept this block."""
    return {surface for surface in ("message", "modal", "home") if not check_blocks([block], surface)}  # type: ignore[arg-type]
