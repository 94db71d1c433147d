"""The rich_text block: sections, lists, quotes and preformatted text, and their elements."""

from collections.abc import Mapping

from workspace.checks.objects import identifier, link_url
from workspace.checks.schema import (
    Check,
    array_of,
    check_boolean,
    integer_check,
    object_with,
    one_of,
    string_check,
    string_matching,
    tagged_union,
    typed_object,
)

_flags: Mapping[str, Check] = dict.fromkeys(("bold", "italic", "strike", "underline", "code"), check_boolean)
_mention_flags: Mapping[str, Check] = {
    **_flags,
    **dict.fromkeys(("highlight", "client_highlight", "unlink"), check_boolean),
}
_styled: Mapping[str, Check] = {"style": object_with({}, _flags)}
_mention: Mapping[str, Check] = {"style": object_with({}, _mention_flags)}
BORDER = one_of(0, 1)

_TEXT = typed_object({"text": string_check()}, _styled)
_LINK = typed_object({"url": link_url()}, {"text": string_check(), "unsafe": check_boolean, **_styled})

INLINE: Mapping[str, Check] = {
    "text": _TEXT,
    "link": _LINK,
    "user": typed_object({"user_id": string_check()}, _mention),
    "usergroup": typed_object({"usergroup_id": string_check()}, _mention),
    "channel": typed_object({"channel_id": string_check()}, _mention),
    "team": typed_object({"team_id": string_check()}, _mention),
    "broadcast": typed_object({"range": one_of("here", "channel", "everyone")}, _styled),
    "emoji": typed_object(
        {"name": string_check()},
        {"unicode": string_check(), "url": string_check(), "skin_tone": integer_check(1, 6), **_styled},
    ),
    "date": typed_object(
        {"timestamp": integer_check(0), "format": string_check()},
        {"url": link_url(), "fallback": string_check(), **_styled},
    ),
    "color": typed_object({"value": string_matching(r"#?[0-9A-Fa-f]{6}", "a hexadecimal colour")}, _styled),
}

# Slack accepts an empty list of elements everywhere except in a rich_text_list.
SECTION = typed_object({"elements": array_of(tagged_union(INLINE), fewest=0)})
LIST = typed_object(
    {"elements": array_of(tagged_union({"rich_text_section": SECTION})), "style": one_of("bullet", "ordered")},
    {"indent": integer_check(0, 8), "offset": integer_check(0), "border": BORDER},
)
QUOTE = typed_object({"elements": array_of(tagged_union(INLINE), fewest=0)}, {"border": BORDER})
PREFORMATTED = typed_object(
    {"elements": array_of(tagged_union({"text": _TEXT, "link": _LINK}), fewest=0)},
    {"border": BORDER, "language": string_check()},
)
PARTS: Mapping[str, Check] = {
    "rich_text_section": SECTION,
    "rich_text_list": LIST,
    "rich_text_quote": QUOTE,
    "rich_text_preformatted": PREFORMATTED,
}

RICH_TEXT = typed_object({"elements": array_of(tagged_union(PARTS), fewest=0)}, {"block_id": identifier})
