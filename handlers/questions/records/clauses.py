"""A question as plain words: contractions and chat spellings written out, and two questions in one taken apart."""

import re

LONGEST = 500  # characters; anything longer is a story for the handbook
# Chat spellings, one a line with what they stand for.
_CONTRACTIONS = dict(
    line.strip().split(" = ")
    for line in """
    whats = what is
    hows = how is
    wheres = where is
    whens = when is
    whos = who is
    thats = that is
    theres = there is
    im = i am
    ive = i have
    dont = do not
    doesnt = does not
    didnt = did not
    isnt = is not
    arent = are not
    hasnt = has not
    havent = have not
    wont = will not
    cant = cannot
    pls = please
    plz = please
    u = you
    ur = your
    r = are
    mgmt = management
    proj = project
    projs = projects
    mgr = manager
    wanna = want to
    gimme = give me
    todays = today
    abt = about
    rn = now
    atm = at the moment
    """.strip().splitlines()
)
_ENDINGS = (("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'m", " am"), ("'ll", " will"))
_IS = re.compile(r"\b(what|how|where|when|who|that|there|here|it)'s\b")
_WORD = re.compile(r"[^\W_]+(?:[-.,:/][^\W_]+)*(?:'s?(?!\w))?|#\d+")
_ASKING = (
    r"(?:who|whose|what|when|where|why|how|which|is|are|does|do|did|has|have|should|can|could|whats|hows|whens|whos)"
)
_BORDER = re.compile(
    rf"[?!;]+\s+|\.\s+(?=[A-Za-z])|,?\s+(?:and|also|plus|but)\s+(?:also\s+)?(?={_ASKING}\b)|,\s*(?={_ASKING}\b)",
    re.IGNORECASE,
)

# “My project is red, what now?”: the first half says why the second half is asked.
_SITUATION = re.compile(
    r"(?:[^?,]+,\s+)?(?:my|our|i|we|if|because|since|someone|somebody|it)\b(?!.*\?).*\b"
    r"(?:is|are|was|were|has|have|had|am|cannot|can't|will|won't|don't|doesn't|didn't|wasn't|weren't|left|says?|\w+ed)\b",
    re.IGNORECASE,
)


def split_clauses(text: str) -> list[str]:
    """The questions in a text, as typed, in their order; the whole text if it is one question."""
    parts = [part for part in _BORDER.split(" ".join(text.split())) if re.search(r"\w", part)]
    clauses = [""]
    for part in parts:
        clauses[-1] = f"{clauses[-1]} {part.strip(' ,')}".strip()
        if not _SITUATION.match(clauses[-1]):
            clauses.append("")
    return [clause for clause in clauses if clause] or [text]


def normalise_words(clause: str) -> list[str]:
    """The words in lower case. A possessive keeps its “'s”; numbers keep their punctuation (“60,000”, “pmo-1”)."""
    text = clause.replace("’", "'").replace("‘", "'").casefold()
    text = _IS.sub(r"\1 is", text.replace("can't", "cannot").replace("won't", "will not"))
    for ending, written in _ENDINGS:
        text = text.replace(ending, written)
    return [word for found in _WORD.findall(text) for word in _CONTRACTIONS.get(found, found).split()]
