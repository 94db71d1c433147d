"""What time does to requests: alerts of the clocks, a reminder of the delivery, closing by itself; each told once."""

from tests.conversations.conftest import Office
from tests.conversations.service_desk import ask, delivered, in_triage, in_work, mine, told


async def test_a_request_that_nobody_triages_is_told_of_once_before_and_once_when_it_is_late(office: Office) -> None:
    await ask(office, office.ben)
    await in_triage(office.wei)
    office.clock.forward(hours=6.5)
    near = await office.emeka.wait_message(lambda message: "triage is due" in message["text"])
    assert near["text"].startswith(":hourglass: *PMO-1")
    office.clock.forward(days=1)
    await office.emeka.wait_message("triage is due now")
    office.clock.forward(minutes=5)
    await office.emeka.click(await in_triage(office.emeka, 1, "Waiting for triage"), "Accept")
    await mine(office.ben, 1, "In the queue")
    words = [message["text"] for message in await office.emeka.messages(await office.emeka.dm())]
    assert len([text for text in words if "triage is due" in text]) == 2


async def test_whoever_works_on_it_hears_that_its_day_is_near(office: Office) -> None:
    await in_work(office)
    office.clock.forward(days=10, hours=1)
    await office.wei.wait_message(lambda message: "delivery is due" in message["text"])


async def test_a_delivery_is_asked_about_and_closes_by_itself(office: Office) -> None:
    await delivered(office)
    office.clock.forward(days=2, hours=1)
    asked = await office.ben.wait_message(told(1, "accept the delivery or reopen the request"))
    assert asked["text"].startswith("<@U02BEN>")
    office.clock.forward(days=2)
    await office.ben.wait_message(told(1, "accept the delivery or reopen the request"))
    office.clock.forward(days=3)
    await office.ben.wait_message(told(1, "closed it automatically because nobody objected to the delivery"))
    await mine(office.ben, 1, "Closed")
    await office.ben.wait_message("How satisfied are you")
