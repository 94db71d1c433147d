"""Two questions in one message: “how long is a gate report, and who signs it?”."""

import re

from knowledge.terms import extract_terms

MOST = 3
FEWEST_STEMS = 2  # a part with fewer isn't a question of its own
_ASKING = (
    r"(?:who|whose|whom|what|when|where|why|how|which|by when|do|does|did|is|are|can|could|may|must|should|shall|will"
    r"|would|has|have)"
)
_BETWEEN = re.compile(
    rf"(?<=\?)\s+(?:and|also|plus|or|then)?[\s,:]*|[,;.:]?\s+(?:and|also|plus)\b(?:\s+also\b)?[\s,:]+(?={_ASKING}\b)"
    rf"|[.;]\s+(?={_ASKING}\b)",
    re.IGNORECASE,
)
_QUESTION = re.compile(rf"(?:^|[,:–-]\s+){_ASKING}\b|\?\s*$|\b{_ASKING} (?:i|we|you|the|a|an|my|our)\b", re.IGNORECASE)


_IMPERATIVE = re.compile(r"\W*(?:please\W+)?(?:tell|show|explain|describe|list|give|name|define|compare)\b")
_LEAD_IN = re.compile(r"\W*(?:(?:and|but|or|so|then|also|ok|okay|well|thanks|thank you)\b\W*)+")


def is_asking(text: str) -> bool:
    """Whether somebody asks something, in English or rough English, and doesn't merely remark on it."""
    bare = _LEAD_IN.sub("", text.casefold(), count=1) if _LEAD_IN.match(text.casefold()) else text.casefold()
    return bool(_QUESTION.search(bare) or _IMPERATIVE.match(bare)) or "?" in text


def split_question(text: str) -> tuple[str, ...]:
    """The questions in a text, in their order; one if it has no more.

    What is said before or after a question without asking anything (“my sponsor left. who signs now?”) belongs to it.
    """
    parts: list[str] = []
    said = ""
    for piece in _BETWEEN.split(text):
        whole = f"{said} {piece}".strip()
        if _QUESTION.search(piece) and len(set(extract_terms(whole))) >= FEWEST_STEMS:
            parts.append(whole)
            said = ""
        else:
            said = whole
    if said and parts:
        parts[-1] = f"{parts[-1]} {said}"
    return tuple(parts) if 1 < len(parts) <= MOST else (text,)
