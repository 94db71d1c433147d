"""Somebody asks in another language: the quotation stays as it is, the words around it are theirs."""

import pytest

from tests.conversations.conftest import Office
from tests.workspace.filling import read_text


@pytest.mark.parametrize(
    ("question", "quoted", "button"),
    [
        ("Wie lange dauert ein Health Check?", "10 business days", "Abschnitt lesen"),
        ("Combien de temps dure un health check ?", "10 business days", "Lire la section"),
        ("¿Cuánto tarda un health check?", "10 business days", "Leer la sección"),
        ("Quanto tempo demora um health check?", "10 business days", "Ler a seção"),
    ],
)
async def test_question_is_understood_and_the_quotation_stays(
    office: Office, question: str, quoted: str, button: str
) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, question)
    answer = await office.ada.wait_message(quoted, channel=channel)
    assert button in read_text(answer)
    assert "Read the section" not in read_text(answer)


async def test_follow_up_in_another_language_is_read_with_the_question_before(office: Office) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, "Wie lange dauert ein Health Check?")
    await office.ada.wait_message("10 business days", channel=channel)
    await office.ada.post(channel, "und wer bekommt den Bericht?")
    await office.ada.wait_message("Im Anschluss an „Wie lange dauert ein Health Check?“", channel=channel)


async def test_what_the_handbook_does_not_say_is_declined_and_passed_on_in_the_same_language(office: Office) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, "Wie viele Urlaubstage habe ich dieses Jahr?")
    declined = await office.ada.wait_message("Das Handbuch sagt dazu nichts.", channel=channel)
    assert "die Personalabteilung" in read_text(declined)
    await office.ada.click(declined, "PMO fragen")
    await office.ada.wait_message("Ich habe Ihre Frage an das PMO weitergegeben.", channel=channel)


async def test_live_records_are_asked_for_in_another_language(office: Office) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, "Welche Projekte sind rot?")
    answer = await office.ada.wait_message("red", channel=channel)
    assert "handbook" not in read_text(answer)
