"""Requesting a PMO service, from the first click to a numbered request."""

import re

from foundation.access import Access
from foundation.errors import InvalidInput, NotFound
from handlers.context import AppContext
from handlers.requests.blocks.form import (
    CHOOSE_ACTION,
    REQUEST_FORM,
    FormPrefill,
    build_options,
    build_request_form,
    build_service_picker,
)
from handlers.requests.notifications import announce_request
from handlers.requests.views import check_lookups
from handlers.slack import payloads
from handlers.slack.blocks.builders import shorten
from handlers.slack.calls import BlockingCall, DeferredCall, ImmediateCall
from handlers.slack.routes import Routes
from handlers.strategy import lookups
from servicedesk.catalogue import Service
from servicedesk.forms import MAX_LONG_TEXT_LENGTH, validate_form
from servicedesk.permissions import explain_uninvolved
from servicedesk.records import RequestVerb
from servicedesk.requests import apply_verb, draft_request

QUOTED = "message:"  # what the modal carries begins with it if a message was chosen
WHO_READS_IT = (
    "Nobody else sees this until you submit. Then *everyone in the organisation* can open the request, and the PMO "
    "reads it in its triage channel. Take out what they shouldn't read."
)
UNLESS_CONFIDENTIAL = " If you answer “Confidential” with yes, only those named there can."


def register(routes: Routes) -> None:
    routes.handle_command("/pmo-request", open_request_command, needs=Access.REQUESTS)
    routes.handle_shortcut("request_service", open_service_picker, needs=Access.REQUESTS)
    routes.handle_shortcut("request_about_message", open_picker_for_message, needs=Access.REQUESTS)
    routes.handle_action("request.begin", open_service_picker, needs=Access.REQUESTS)
    routes.handle_action(f"{CHOOSE_ACTION}.*", open_request_form, needs=Access.REQUESTS)
    routes.defer_submission(REQUEST_FORM, submit_request, check_request_form, needs=Access.REQUESTS)
    routes.handle_options("request.project", offer_projects, needs=Access.REQUESTS)
    routes.handle_options("request.objective", offer_objectives, needs=Access.REQUESTS)


async def open_request_command(call: ImmediateCall) -> None:
    """/pmo-request [service]."""
    typed = call.command_text
    if typed:
        await _open_form(call, find_service_key(call.ctx, typed), FormPrefill())
    else:
        await open_service_picker(call)


async def open_service_picker(call: ImmediateCall) -> None:
    """Let somebody choose a service."""
    await call.open_modal(build_service_picker(call.ctx.desk.catalogue))


async def open_picker_for_message(call: ImmediateCall) -> None:
    """Let somebody choose a service for a message. The form then quotes it, and nobody else sees it until they submit.

    The message goes along in the modal, so that nothing of it is stored.
    """
    chosen = payloads.read_chosen_message(call.payload)
    details = quote_message(chosen.text, chosen.link)
    await call.open_modal(build_service_picker(call.ctx.desk.catalogue, QUOTED + details))


def quote_message(text: str, link: str) -> str:
    """The details of a request for a message: its text as a quotation, as far as it fits, and the link to it."""
    room = MAX_LONG_TEXT_LENGTH - len(link) - 2
    quoted = "\n".join(f"> {line}" for line in text.splitlines())
    return "\n\n".join(part for part in (shorten(quoted, room), link) if part)


async def open_request_form(call: ImmediateCall) -> None:
    """Open the form of the chosen service. Under an answer, the question becomes the request's details; if a message
    was chosen before, it does, and the form says who will read it.
    """
    question_id, prefill = payloads.read_question_id(call.payload), FormPrefill()
    if question_id:
        question = await call.read(lambda tx: tx.questions.get_text(question_id))
        prefill = FormPrefill({"detail": question[:MAX_LONG_TEXT_LENGTH]} if question else {})
    elif payloads.read_open_modal(call.payload) and call.metadata.startswith(QUOTED):
        prefill = _quote_in_form(call.ctx, call.value, call.metadata.removeprefix(QUOTED))
    await _open_form(call, call.value, prefill)


def check_request_form(call: BlockingCall) -> None:
    """Validate every field by the catalogue and the strategy. Errors show under the fields."""
    fields, values = call.ctx.desk.catalogue.list_form_fields(call.metadata), call.submitted
    errors: dict[str, str] = {}
    try:
        call.read(lambda tx: check_lookups(tx, call.person, fields, values))
    except InvalidInput as invalid:
        errors = invalid.fields
    try:
        validate_form(fields, values, call.ctx.desk.calendar.local_date(call.ctx.now()))
    except InvalidInput as invalid:
        errors |= invalid.fields
    if problem := explain_uninvolved(values.get("watchers") or (), call.ctx.people):
        errors["watchers"] = problem
    if errors:
        raise InvalidInput(errors)


def submit_request(call: DeferredCall) -> None:
    """Turn a submitted form into a numbered request, and show it to its requester, its watchers and in triage."""
    requester = call.person
    service, values = call.metadata, call.submitted
    with call.transaction() as tx:
        number, key = tx.requests.take_next_number(), call.arrival.key
        drafted = draft_request(number, key, service, requester, values, tx.now, call.ctx.desk)
        submitted = apply_verb(drafted.request, RequestVerb.SUBMIT, requester, tx.now, call.ctx.desk)
        announce_request(tx, call.ctx, tx.requests.add([drafted, submitted]))


async def offer_projects(call: ImmediateCall) -> None:
    """The options of a project field that match the typed text."""
    typed = payloads.read_typed_option(call.payload)
    found = await call.read(lambda tx: lookups.find_projects(tx, call.ctx, call.person, typed))
    await call.ack(options=build_options(found))


async def offer_objectives(call: ImmediateCall) -> None:
    """The options of an objective field that match the typed text."""
    typed = payloads.read_typed_option(call.payload)
    found = await call.read(lambda tx: lookups.find_objectives(tx, call.ctx, call.person, typed))
    await call.ack(options=build_options(found))


def find_service_key(ctx: AppContext, typed: str) -> str:
    """The key of the service that the text means: by key, by name, by words of the two, or by words of what it offers.

    Raises:
        NotFound: no service matches, or several do; the message lists them.
    """
    services = ctx.desk.catalogue.services
    typed_words = _split_words(typed)
    names = {service.key: (_split_words(service.key), _split_words(service.name)) for service in services}
    if exact := [key for key, known in names.items() if typed_words in known]:
        return exact[0]
    close = [key for key, known in names.items() if any(set(typed_words) <= set(name) for name in known)]
    close = close or [
        service.key for service in services if set(typed_words) <= set(_split_words(_describe_offer(service)))
    ]
    if len(close) == 1:
        return close[0]
    keys = ", ".join(close or names)
    problem = f"“{typed[:60]}” matches several services" if close else f"“{typed[:60]}” isn't a PMO service"
    raise NotFound(f"{problem}. Type /pmo-request to choose from a list, or name one of these: {keys}.")


def _describe_offer(service: Service) -> str:
    choices = [words for one in service.fields for option in one.options.items() for words in option]
    return " ".join([service.line, service.deliverable, *choices])


def _split_words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _quote_in_form(ctx: AppContext, service: str, details: str) -> FormPrefill:
    """The form with a chosen message in its details, and who will read it."""
    can_hide = any(one.key == "confidential" for one in ctx.desk.catalogue.list_form_fields(service))
    return FormPrefill({"detail": details}, note=WHO_READS_IT + (UNLESS_CONFIDENTIAL if can_hide else ""))


async def _open_form(call: ImmediateCall, key: str, prefill: FormPrefill) -> None:
    catalogue = call.ctx.desk.catalogue
    await call.replace_modal(build_request_form(catalogue.get_service(key), catalogue.list_form_fields(key), prefill))
