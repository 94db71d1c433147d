"""Small talk in other languages is met in that language, and questions stay questions."""

import pytest

from handlers.questions.small_talk.grammar import find_small_talk
from handlers.questions.small_talk.kinds import SmallTalkKind
from handlers.questions.small_talk.replies import find_reply_text


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("Guten Morgen zusammen", "de", SmallTalkKind.GREETING),
        ("Danke!", "de", SmallTalkKind.THANKS),
        ("Bist du ein Mensch oder ein Bot?", "de", SmallTalkKind.IDENTITY),
        ("Was kannst du alles?", "de", SmallTalkKind.CAPABILITIES),
        ("Hilfe", "de", SmallTalkKind.HELP),
        ("Das hilft mir nicht weiter", "de", SmallTalkKind.CRITICISM),
        ("vergiss es", "de", SmallTalkKind.DISMISSAL),
        ("Bonjour à tous", "fr", SmallTalkKind.GREETING),
        ("merci beaucoup pour votre aide", "fr", SmallTalkKind.THANKS),
        ("qui es-tu ?", "fr", SmallTalkKind.IDENTITY),
        ("ça va ?", "fr", SmallTalkKind.WELLBEING),
        ("je voudrais parler à quelqu'un", "fr", SmallTalkKind.PERSON),
        ("c'est nul", "fr", SmallTalkKind.CRITICISM),
        ("Hola, buenos días", "es", SmallTalkKind.GREETING),
        ("¿Qué puedes hacer?", "es", SmallTalkKind.CAPABILITIES),
        ("eso no me ayuda", "es", SmallTalkKind.CRITICISM),
        ("cuéntame un chiste", "es", SmallTalkKind.CHAT),
        ("ayuda", "es", SmallTalkKind.HELP),
        ("Olá, tudo bem?", "pt", SmallTalkKind.WELLBEING),
        ("obrigado pela ajuda", "pt", SmallTalkKind.THANKS),
        ("ajuda", "pt", SmallTalkKind.HELP),
        ("quem é você?", "pt", SmallTalkKind.IDENTITY),
        ("até logo", "pt", SmallTalkKind.FAREWELL),
        ("thanks", "en", SmallTalkKind.THANKS),
        ("no", "en", SmallTalkKind.ACKNOWLEDGEMENT),
    ],
)
def test_small_talk_is_met_in_its_language(text: str, language: str, kind: SmallTalkKind) -> None:
    said = find_small_talk(text)
    assert said is not None
    assert (said.language, said.kind) == (language, kind)


@pytest.mark.parametrize(
    "question",
    [
        "Wer genehmigt das?",
        "und wann?",
        "Wie funktioniert das?",
        "Danke, und wer unterschreibt?",
        "comment ça marche ?",
        "à quoi sert un jalon ?",
        "¿cómo funciona?",
        "¿qué es un hito?",
        "e quem assina?",
        "como funciona isso?",
        "legal",
        "show",
    ],
)
def test_question_is_no_small_talk(question: str) -> None:
    assert find_small_talk(question) is None


def test_reply_is_in_the_language() -> None:
    said = find_small_talk("Vielen Dank")
    assert said is not None
    assert find_reply_text(said) == "Gern geschehen."
