"""What the conversations about requests share: filling in forms, waiting for cards, pressing buttons."""

from collections.abc import Callable
from typing import Any

from tests.conversations.conftest import Office
from tests.workspace import filling
from tests.workspace.visitor import Visitor

Json = dict[str, Any]
TRIAGE = "C03TRIAGE"

COMMON = {"title": "Is Reservoir West in trouble?", "project": "Not listed", "detail": "The forecast slipped twice."}
FORMS: dict[str, Json] = {
    "regulatory-compliance": {"regulation": "Water Act, section 12", "jurisdiction": "England"},
    "framework-development": {
        "unit": "Digital",
        "project_types": ["digital"],
        "practice": "Every team has its own gates.",
        "approver": "U04DANA",
    },
    "methodology-compliance": {"method": "agile", "stage": "delivery", "artefacts": "https://example.org/plan"},
    "health-check": {
        "trigger": "concern",
        "stage": "delivery",
        "budget_band": "medium",
        "own_rag": "amber",
        "sponsor_informed": "yes",
    },
    "quality-review": {
        "item": "Design report",
        "item_link": "https://example.org/report",
        "criteria": "It answers every requirement.",
        "version": "2.1",
    },
    "risk-assurance": {"register": "https://example.org/risks", "top_risks": "Weather.", "workshop": "no"},
    "change-management": {
        "change": "Field crews get tablets.",
        "groups": "Field crews",
        "readiness": "aware",
        "success_measure": "Nine of ten jobs are closed in the field.",
    },
    "capacity-building": {
        "mode": "training",
        "topic": "Planning",
        "audience": "Twelve project managers",
        "level": "beginner",
        "outcome": "They plan with dependencies.",
    },
    "methods-and-tools": {"tool": "Risk register", "need": "template"},
}
DELIVERY = {"link": "https://example.org/result"}


def fill_form(service: str = "health-check", **more: Any) -> Json:
    return COMMON | FORMS[service] | more


def is_card(number: int, *words: str) -> Callable[[Json], bool]:
    """A condition for a card of the request that contains all these words. Replies in its thread don't count."""

    def fits(message: Json) -> bool:
        blocks = message.get("blocks") or [{}]
        title = filling.read_text(blocks[0])
        return (
            blocks[0].get("type") == "header"
            and title.startswith(f"PMO-{number} ")
            and all(word in filling.read_text(message) for word in words)
        )

    return fits


def is_notice(number: int, *words: str) -> Callable[[Json], bool]:
    """Matches a notice about the request in the thread under a card."""

    def fits(message: Json) -> bool:
        text = message.get("text", "")
        return bool(message.get("thread_ts")) and f"PMO-{number}" in text and all(word in text for word in words)

    return fits


def list_buttons(holder: Json) -> list[str]:
    """The labels of a card's buttons and menu entries."""
    labels: list[str] = []
    for block, element in filling.iterate_elements(holder):
        if block["type"] == "actions":
            options = [option["text"]["text"] for option in element.get("options", [])]
            labels += options or [element["text"]["text"]]
    return labels


async def request_service(
    office: Office, person: Visitor, service: str = "health-check", number: int = 1, **more: Any
) -> Json:
    """Submit the form of a service; returns the requester's card."""
    await person.command(f"/pmo-request {service}")
    view = await person.wait_view("request.form")
    assert await person.submit(view, fill_form(service, **more)) == {}
    return await person.wait_message(is_card(number), channel=await person.dm())


async def wait_triage_card(person: Visitor, number: int = 1, *words: str) -> Json:
    """The card in triage, once it contains these words."""
    return await person.wait_message(is_card(number, *words), channel=TRIAGE)


async def wait_own_card(person: Visitor, number: int = 1, *words: str) -> Json:
    """The person's own card, once it contains these words."""
    return await person.wait_message(is_card(number, *words), channel=await person.dm())


async def perform_action(person: Visitor, holder: Json, label: str, **given: Any) -> dict[str, str]:
    """Press a button or menu entry, and submit the modal that opens; returns its errors."""
    await person.click(holder, label)
    view = await person.wait_view("request.act")
    return await person.submit(view, given)


async def start_work(office: Office, number: int = 1, **more: Any) -> tuple[Json, Json]:
    """Ben requests a health check, Wei accepts and claims it; returns Ben's card and Wei's."""
    await request_service(office, office.ben, number=number, **more)
    await office.wei.click(await wait_triage_card(office.wei, number), "Accept")
    await office.wei.click(await wait_triage_card(office.wei, number, "In the queue"), "Claim")
    return await wait_own_card(office.ben, number, "In progress"), await wait_own_card(
        office.wei, number, "In progress, assigned to you"
    )


async def deliver_request(office: Office, number: int = 1) -> Json:
    """Wei delivers what Ben requested; returns Ben's card."""
    _, work = await start_work(office, number)
    assert (
        await perform_action(
            office.wei, work, "Deliver", **DELIVERY, checklist=await list_checklist_items(office, number)
        )
        == {}
    )
    return await wait_own_card(office.ben, number, "Delivered")


async def list_checklist_items(office: Office, number: int = 1) -> list[str]:
    return ["rated", "actions", "ack_pmo", "ack_manager", "ack_sponsor"]
