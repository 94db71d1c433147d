"""One of every Block Kit block and element, as an app would send it."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str, description: str = "") -> Json:
    made = {"text": plain(text), "value": text.lower()}
    return made | ({"description": plain(description)} if description else {})


def button(action_id: str, text: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": action_id} | more


def raw(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def words(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text} | ({"style": style} if style else {})


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "it"} | element,
    } | more


def view(title: str, blocks: list[Json], **more: Any) -> Json:
    made = {"type": "modal", "callback_id": "test", "title": plain(title), "blocks": blocks}
    return made | {"submit": plain("Send"), "close": plain("Cancel")} | more


def series(name: str, values: dict[str, float]) -> Json:
    return {"name": name, "data": [{"label": label, "value": value} for label, value in values.items()]}


def chart(title: str, kind: str, *lines: Json) -> Json:
    axis = {"categories": [point["label"] for point in lines[0]["data"]], "x_label": "Month", "y_label": "Requests"}
    return {
        "type": "data_visualization",
        "title": title,
        "chart": {"type": kind, "series": list(lines), "axis_config": axis},
    }


MONTHS = {"July": 12, "August": 18, "September": 9}
PROJECTS = [f"Project {letter}" for letter in "ABCDEFGHIJKL"]


def picture(base_url: str) -> Json:
    return {"type": "image", "image_url": f"{base_url}/static/icon.svg", "alt_text": "A speech bubble"}


def words_and_choices(base_url: str) -> list[Json]:
    chosen = {"type": "static_select", "action_id": "often", "placeholder": plain("How often")}
    return [
        {"type": "header", "text": plain("Portfolio digest :bar_chart:")},
        {"type": "section", "text": mrkdwn("*Bold* for <@U02BEN> in <#C01GENERAL>\n> quoted\n• first\n```code```")},
        {"type": "section", "fields": [mrkdwn("*Status*\nGreen"), plain("Plain *stars*")]},
        {"type": "section", "text": mrkdwn("With a picture"), "accessory": picture(base_url)},
        {
            "type": "section",
            "text": mrkdwn("Digest"),
            "accessory": chosen | {"options": [option("Weekly"), option("Monthly")]},
        },
        {"type": "divider"},
        {"type": "context", "elements": [picture(base_url), mrkdwn("Updated by *Wei*")]},
        {"type": "actions", "elements": _elements()},
        picture(base_url) | {"title": plain("The picture")},
    ]


def _elements() -> list[Json]:
    risky = {"title": plain("Decline it?"), "text": mrkdwn("The requester *is told*."), "confirm": plain("Decline")}
    return [
        button("approve", "Approve", style="primary"),
        button("decline", "Decline", style="danger", confirm=risky | {"deny": plain("Keep it"), "style": "danger"}),
        {"type": "users_select", "action_id": "owner", "placeholder": plain("Owner")},
        {"type": "channels_select", "action_id": "channel", "placeholder": plain("Channel")},
        {
            "type": "multi_static_select",
            "action_id": "tags",
            "placeholder": plain("Tags"),
            "options": [option("Risk"), option("Issue")],
        },
        {"type": "datepicker", "action_id": "day", "initial_date": "2026-09-14"},
        {"type": "timepicker", "action_id": "time", "initial_time": "09:30"},
        {"type": "radio_buttons", "action_id": "urgency", "options": [option("Low", "No hurry"), option("High")]},
        {
            "type": "checkboxes",
            "action_id": "also",
            "options": [option("Tell me")],
            "initial_options": [option("Tell me")],
        },
        {"type": "overflow", "action_id": "more", "options": [option("Archive")]},
    ]


def long_texts() -> list[Json]:
    return [
        {
            "type": "markdown",
            "text": "# Findings\n\n**Bold** and `code`\n\n- one\n- two\n\n| Project | RAG |\n|---|---|\n| A | Green |",
        },
        {"type": "rich_text", "elements": [_section(), _list("bullet"), _list("ordered"), _quote(), _preformatted()]},
        {
            "type": "table",
            "column_settings": [{"align": "left"}, {"align": "right"}],
            "rows": [[raw("Project"), raw("Budget")], [raw("Pump station"), rich(words("120", bold=True))]],
        },
    ]


def _section() -> Json:
    elements = [
        words("bold", bold=True),
        words("italic", italic=True),
        words("struck", strike=True),
        words("code", code=True),
        {"type": "link", "url": "https://example.org/page", "text": "a link"},
        {"type": "user", "user_id": "U03WEI"},
        {"type": "channel", "channel_id": "C01GENERAL"},
        {"type": "emoji", "name": "rocket"},
        {"type": "broadcast", "range": "here"},
        {"type": "date", "timestamp": 1789376400, "format": "{date_short}", "fallback": "14 Sep"},
        {"type": "color", "value": "#0f7b76"},
    ]
    return {"type": "rich_text_section", "elements": elements}


def _list(style: str) -> Json:
    items = [{"type": "rich_text_section", "elements": [words(f"{style} item")]}]
    return {"type": "rich_text_list", "style": style, "indent": 0, "elements": items}


def _quote() -> Json:
    return {"type": "rich_text_quote", "elements": [words("quoted words")]}


def _preformatted() -> Json:
    return {"type": "rich_text_preformatted", "elements": [words("kept\n  as it is")]}


def figures() -> list[Json]:
    head = [raw("Project"), raw("Spend"), raw("Owner")]
    rows = [
        [raw(name), {"type": "raw_number", "value": spend, "text": f"£{spend}k"}, rich(words("nobody"))]
        for name, spend in zip(PROJECTS, (0, 37, 74, 10, 47, 84, 20, 57, 94, 30, 67, 3), strict=True)
    ]
    return [
        {"type": "data_table", "caption": "Projects by spend", "rows": [head, *rows]},
        chart("Requests by month", "bar", series("Opened", MONTHS), series("Closed", MONTHS)),
        chart("Spend so far", "area", series("Spend", MONTHS)),
    ]


def more_figures() -> list[Json]:
    shares = [{"label": "Health checks", "value": 45}, {"label": "Reviews", "value": 28}]
    return [
        chart("Leakage", "line", series("Actual", MONTHS), series("Target", MONTHS)),
        {"type": "data_visualization", "title": "Share of work", "chart": {"type": "pie", "segments": shares}},
    ]


def cards(base_url: str) -> list[Json]:
    card = {
        "type": "card",
        "title": mrkdwn("*Northern main*"),
        "subtitle": mrkdwn("Gate G3"),
        "body": mrkdwn("On track."),
    }
    row = [{"type": "card", "title": mrkdwn(name), "actions": [button("pick", "Pick")]} for name in PROJECTS[:3]]
    child = [
        {"type": "section", "text": mrkdwn("Record one")},
        {"type": "actions", "elements": [button("bulk", "Confirm")]},
    ]
    return [
        card | {"hero_image": picture(base_url), "icon": picture(base_url), "actions": [button("open", "Open")]},
        {"type": "carousel", "elements": row},
        {"type": "container", "title": plain("Two records"), "is_collapsible": True, "child_blocks": child},
        {
            "type": "plan",
            "title": "Preparing your answer",
            "tasks": [_task("Read", "complete"), _task("Check", "error")],
        },
        _task("Write", "in_progress"),
        _video(base_url),
        {"type": "context_actions", "elements": [_thumbs(), _bin()]},
    ]


def _task(title: str, status: str) -> Json:
    source = {"type": "url", "url": "https://example.org/handbook", "text": "Handbook"}
    details = rich(words(f"{title} in detail"))
    made = {"type": "task_card", "task_id": title.lower(), "title": title, "status": status}
    return made | {"details": details, "sources": [source]}


def _video(base_url: str) -> Json:
    return {
        "type": "video",
        "video_url": "https://example.org/embed/gates",
        "thumbnail_url": f"{base_url}/static/icon.svg",
        "alt_text": "A film about gates",
        "title": plain("How gates work"),
        "title_url": "https://example.org/gates",
    }


def _thumbs() -> Json:
    good = {"text": plain("Good"), "value": "up", "accessibility_label": "Good answer"}
    bad = {"text": plain("Bad"), "value": "down", "accessibility_label": "Bad answer"}
    return {"type": "feedback_buttons", "action_id": "thumbs", "positive_button": good, "negative_button": bad}


def _bin() -> Json:
    return {"type": "icon_button", "action_id": "bin", "icon": "trash", "text": plain("Delete")}


def inputs() -> list[Json]:
    """Return every element an input block can have. Only the first is required."""
    choices = [option("Low", "No hurry"), option("High")]
    return [
        *(
            {"type": "alert", "level": level, "text": mrkdwn(f"An *{level}*")}
            for level in ("info", "warning", "error", "success")
        ),
        field("name", "Project", {"type": "plain_text_input", "min_length": 3}, hint=plain("As in the portfolio")),
        *(
            field(block_id, label, element, optional=True)
            for block_id, label, element in (
                ("why", "Reason", {"type": "plain_text_input", "multiline": True, "initial_value": "Because"}),
                ("mail", "Email", {"type": "email_text_input"}),
                ("link", "Link", {"type": "url_text_input"}),
                ("budget", "Budget", {"type": "number_input", "is_decimal_allowed": False, "max_value": "900"}),
                ("service", "Service", {"type": "static_select", "options": choices}),
                ("record", "Record", {"type": "external_select", "min_query_length": 2}),
                ("people", "People", {"type": "multi_users_select", "max_selected_items": 2}),
                ("where", "Where", {"type": "conversations_select", "default_to_current_conversation": True}),
                ("tags", "Tags", {"type": "multi_static_select", "options": choices}),
                ("day", "Day", {"type": "datepicker"}),
                ("time", "Time", {"type": "timepicker"}),
                ("moment", "Moment", {"type": "datetimepicker", "initial_date_time": 1789376400}),
                ("urgency", "Urgency", {"type": "radio_buttons", "options": choices}),
                ("also", "Also", {"type": "checkboxes", "options": choices}),
                ("story", "Story", {"type": "rich_text_input"}),
                ("files", "Files", {"type": "file_input", "max_files": 2}),
            )
        ),
    ]


def messages(base_url: str) -> list[list[Json]]:
    """Return all blocks a message may contain, in messages that Slack would accept."""
    return [words_and_choices(base_url), long_texts(), figures(), more_figures(), cards(base_url)]
