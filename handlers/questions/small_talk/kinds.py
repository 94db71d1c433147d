"""The kinds of small talk, and the tones in which it is made."""

from dataclasses import dataclass
from enum import StrEnum


class SmallTalkKind(StrEnum):
    """What is said. If a message says several things, the first of them here decides."""

    CAPABILITIES = "capabilities"
    HELP = "help"
    IDENTITY = "identity"
    PERSON = "person"
    STOP = "stop"
    CRITICISM = "criticism"
    DOUBT = "doubt"
    DISMISSAL = "dismissal"
    WELLBEING = "wellbeing"
    CHAT = "chat"
    TEST = "test"
    APOLOGY = "apology"
    THANKS = "thanks"
    PRAISE = "praise"
    FAREWELL = "farewell"
    LAUGHTER = "laughter"
    ACKNOWLEDGEMENT = "acknowledgement"
    GREETING = "greeting"
    UNCLEAR = "unclear"


class Tone(StrEnum):
    """How it is said, and so how it is answered."""

    PLAIN = "plain"
    CASUAL = "casual"


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """A message that asks nothing. `language` is the code of the file that covers it."""

    kind: SmallTalkKind
    tone: Tone = Tone.PLAIN
    language: str = "en"
