"""The rich_text block, as deep as it goes: sections, lists, quotes and preformatted text, and what stands in them."""

from collections.abc import Mapping

from workspace.checks.objects import address, identifier
from workspace.checks.schema import Check, boolean, each, integer, matching, one_of, shape, string, tagged, typed

_flags: Mapping[str, Check] = dict.fromkeys(("bold", "italic", "strike", "underline", "code"), boolean)
_mention_flags: Mapping[str, Check] = {
    **_flags,
    **dict.fromkeys(("highlight", "client_highlight", "unlink"), boolean),
}
_styled: Mapping[str, Check] = {"style": shape({}, _flags)}
_mention: Mapping[str, Check] = {"style": shape({}, _mention_flags)}
BORDER = one_of(0, 1)

_TEXT = typed({"text": string()}, _styled)
_LINK = typed({"url": address()}, {"text": string(), "unsafe": boolean, **_styled})

INLINE: Mapping[str, Check] = {
    "text": _TEXT,
    "link": _LINK,
    "user": typed({"user_id": string()}, _mention),
    "usergroup": typed({"usergroup_id": string()}, _mention),
    "channel": typed({"channel_id": string()}, _mention),
    "team": typed({"team_id": string()}, _mention),
    "broadcast": typed({"range": one_of("here", "channel", "everyone")}, _styled),
    "emoji": typed({"name": string()}, {"unicode": string(), "url": string(), "skin_tone": integer(1, 6), **_styled}),
    "date": typed({"timestamp": integer(0), "format": string()}, {"url": address(), "fallback": string(), **_styled}),
    "color": typed({"value": matching(r"#?[0-9A-Fa-f]{6}", "a hexadecimal colour")}, _styled),
}

# Empty lists of elements are taken by Slack everywhere but in a list, which needs an item.
SECTION = typed({"elements": each(tagged(INLINE), fewest=0)})
LIST = typed(
    {"elements": each(tagged({"rich_text_section": SECTION})), "style": one_of("bullet", "ordered")},
    {"indent": integer(0, 8), "offset": integer(0), "border": BORDER},
)
QUOTE = typed({"elements": each(tagged(INLINE), fewest=0)}, {"border": BORDER})
PREFORMATTED = typed(
    {"elements": each(tagged({"text": _TEXT, "link": _LINK}), fewest=0)}, {"border": BORDER, "language": string()}
)
PARTS: Mapping[str, Check] = {
    "rich_text_section": SECTION,
    "rich_text_list": LIST,
    "rich_text_quote": QUOTE,
    "rich_text_preformatted": PREFORMATTED,
}

RICH_TEXT = typed({"elements": each(tagged(PARTS), fewest=0)}, {"block_id": identifier})
