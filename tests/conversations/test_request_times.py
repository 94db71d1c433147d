"""What time alone does to requests: alerts, reminders of a delivery and automatic closing, each sent once."""

from tests.conversations.conftest import Office
from tests.conversations.service_desk import (
    deliver_request,
    is_notice,
    request_service,
    start_work,
    wait_own_card,
    wait_triage_card,
)


async def test_untriaged_request_alerts_the_lead_twice(office: Office) -> None:
    await request_service(office, office.ben)
    await wait_triage_card(office.wei)
    office.clock.forward(hours=6.5)
    near = await office.emeka.wait_message(lambda message: "triage is due" in message["text"])
    assert near["text"].startswith(":hourglass: *PMO-1")
    office.clock.forward(days=1)
    await office.emeka.wait_message("triage is due now")
    office.clock.forward(minutes=5)
    await office.emeka.click(await wait_triage_card(office.emeka, 1, "Waiting for triage"), "Accept")
    await wait_own_card(office.ben, 1, "In the queue")
    words = [message["text"] for message in await office.emeka.messages(await office.emeka.dm())]
    assert len([text for text in words if "triage is due" in text]) == 2


async def test_assignee_is_alerted_near_the_due_date(office: Office) -> None:
    await start_work(office)
    office.clock.forward(days=10, hours=1)
    await office.wei.wait_message(lambda message: "delivery is due" in message["text"])


async def test_unanswered_delivery_reminds_then_closes(office: Office) -> None:
    await deliver_request(office)
    office.clock.forward(days=2, hours=1)
    asked = await office.ben.wait_message(is_notice(1, "accept the delivery or reopen the request"))
    assert asked["text"].startswith("<@U02BEN>")
    office.clock.forward(days=2)
    await office.ben.wait_message(is_notice(1, "accept the delivery or reopen the request"))
    office.clock.forward(days=3)
    await office.ben.wait_message(is_notice(1, "closed it automatically because nobody objected to the delivery"))
    await wait_own_card(office.ben, 1, "Closed")
    await office.ben.wait_message("How satisfied are you")
