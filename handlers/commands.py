"""What people can type and click, and which events the bot listens to. The manifest and the help are built from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from foundation.people import Person
from handlers.slack.workspace_events import CHANNEL_EVENTS, GROUP_EVENTS
from knowledge.permissions import can_answer_questions, can_see_gaps, can_teach
from servicedesk.permissions import can_request, can_see_queue
from strategy.permissions import can_preview_digests, can_see_exceptions, can_see_strategy

Predicate = Callable[[Person], bool]


def _is_anybody(_: Person) -> bool:
    return True


def _sees_only_handbook(person: Person) -> bool:
    return not can_see_strategy(person)


@dataclass(frozen=True, slots=True)
class CommandUse:
    """One way to use a command, for those `is_for` says yes to. `description` continues the sentence “This …”."""

    typed: str
    description: str
    is_for: Predicate = _is_anybody


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command. The help shows its `uses` or, if there is only one, the `example`."""

    name: str
    description: str
    usage_hint: str
    example: str
    uses: tuple[CommandUse, ...] = ()
    is_for: Predicate = _is_anybody


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut in the lightning menu (`global`), or in the menu of every message (`message`)."""

    callback_id: str
    name: str
    description: str
    type: str = "global"


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One sentence of the help on what the bot does, for those `is_for` says yes to."""

    sentence: str
    is_for: Predicate = _is_anybody


COMMANDS = (
    Command(
        "/pmo",
        "Ask the handbook how to run projects",
        "[question], ask [question] or help",
        "/pmo how do I know whether my project is in trouble?",
        (
            CommandUse(
                "/pmo your question",
                "answers from the handbook, or with the status of a project, metric or request; only you see it",
                can_see_strategy,
            ),
            CommandUse("/pmo your question", "answers from the handbook; only you see it", _sees_only_handbook),
            CommandUse(
                "/pmo ask your question", "does the same for a question that starts with a word like “help” or “gaps”"
            ),
            CommandUse("/pmo gaps", "lists the questions that the handbook doesn't answer", can_see_gaps),
            CommandUse("/pmo learned", "lists the questions that the PMO added to sections", can_teach),
            CommandUse("/pmo help", "shows this help"),
        ),
    ),
    Command(
        "/pmo-request",
        "Request a PMO service",
        "[service]",
        "/pmo-request health-check",
        (
            CommandUse("/pmo-request", "lets you choose a service"),
            CommandUse("/pmo-request health-check", "opens the form for that service"),
        ),
        can_request,
    ),
    Command(
        "/pmo-requests",
        "See your requests and their status",
        "[PMO-12]",
        "/pmo-requests",
        (
            CommandUse("/pmo-requests", "lists your requests"),
            CommandUse("/pmo-requests PMO-12", "shows one request with its history"),
            CommandUse("/pmo-requests triage", "lists the requests that are waiting for triage", can_see_queue),
            CommandUse("/pmo-requests queue", "ranks the accepted requests that nobody has started", can_see_queue),
            CommandUse("/pmo-requests open", "lists all open requests by status", can_see_queue),
            CommandUse(
                "/pmo-requests figures",
                "shows how long requests take, whether the PMO is on time and how satisfied people are",
                can_see_queue,
            ),
        ),
        can_request,
    ),
    Command(
        "/pmo-strategy",
        "See the strategy and its status",
        "[objective or project]",
        "/pmo-strategy leakage",
        (
            CommandUse("/pmo-strategy", "shows the objectives, metrics and projects that you can see"),
            CommandUse("/pmo-strategy leakage", "opens the objective or project with that name, and its charts"),
            CommandUse("/pmo-strategy digest", "previews the next digest", can_preview_digests),
        ),
        can_see_strategy,
    ),
    Command(
        "/pmo-update",
        "Report on your objective or project",
        "[objective or project]",
        "/pmo-update",
        (
            CommandUse("/pmo-update", "lets you choose one of your objectives or projects"),
            CommandUse("/pmo-update metering", "opens the form for that one"),
        ),
        can_see_strategy,
    ),
    Command(
        "/pmo-story",
        "Tell a success story",
        "",
        "/pmo-story",
        (CommandUse("/pmo-story", "opens the form for a success story"),),
        can_see_strategy,
    ),
)

SHORTCUTS = (
    Shortcut("request_service", "Request a PMO service", "Choose a service and say what you need"),
    Shortcut("write_update", "Write a progress update", "Report on your objective or project"),
    Shortcut("tell_story", "Tell a success story", "Say what went well and what it achieved"),
    Shortcut(
        "ask_about_message", "Ask the PMO about this", "Get an answer to a message from the handbook", type="message"
    ),
    Shortcut(
        "request_about_message",
        "Request service for this",
        "Request a PMO service, with the message quoted in the form",
        type="message",
    ),
)

HELP_LINES = (
    HelpLine(
        "To follow up on an answer, reply in its thread: I read a short question together with the one before. "
        "If I stay silent there, mention me. To make me stop, write “stop”."
    ),
    HelpLine(
        "To ask about somebody's message, or to request a service for it, open the message's menu (⋮) and choose "
        "“Ask the PMO about this” or “Request service for this”.",
        can_request,
    ),
    HelpLine("If the handbook doesn't answer your question, pass it on to the PMO with one click.", can_request),
    HelpLine(
        "If your project needs the PMO's help, request one of its services. You can follow every step.", can_request
    ),
    HelpLine(
        "New requests arrive in the triage channel. Accept, decline, assign or deliver them there, or ask for details.",
        can_see_queue,
    ),
    HelpLine("The PMO reviews success stories and publishes them once everyone they name agrees.", can_see_strategy),
    HelpLine(
        "Updates on your objectives and projects are due regularly. I remind you once if one is missing.",
        can_see_strategy,
    ),
    HelpLine(
        "Updates that ask for help stay open until a sponsor, a leader or the PMO acknowledges them.",
        can_see_exceptions,
    ),
    HelpLine(
        "Questions that people pass on arrive in the triage channel and in your App Home. To reply, click Answer.",
        can_answer_questions,
    ),
)

# What the bot can do for somebody, the most special first; the answer to “what can you do?” shows the first five.
MOST_ABILITIES = 5
ABILITIES = (
    HelpLine("Ask how projects are run here, in your own words: I quote the handbook and name the section."),
    HelpLine("Ask how things stand: a project, an objective, a metric, or your requests.", can_see_strategy),
    HelpLine(
        "`/pmo-requests triage` lists the new requests, and `/pmo-requests queue` ranks the accepted ones.",
        can_see_queue,
    ),
    HelpLine("`/pmo gaps` lists the questions that the handbook doesn't answer.", can_see_gaps),
    HelpLine("`/pmo-strategy digest` previews the next digest.", can_preview_digests),
    HelpLine(
        "`/pmo-request` requests a service such as a health check, and `/pmo-requests` shows where it stands.",
        can_request,
    ),
    HelpLine(
        "`/pmo-update` reports on your objective or project, and `/pmo-story` tells a success story.", can_see_strategy
    ),
    HelpLine(
        "If the handbook doesn't answer your question, you can pass it on to the PMO with one click.", can_request
    ),
)

# Bolt's names of the events that the code handles, and Slack's names of what the app subscribes to for them. Bolt calls
# every message event “message”; Slack's name includes the kind of conversation. Apps of the older assistant view get
# the two events that the manifest doesn't ask for.
EVENTS: Mapping[str, tuple[str, ...]] = {
    "agent_session_stopped": ("agent_session_stopped",),
    "app_context_changed": ("app_context_changed",),
    "app_home_opened": ("app_home_opened",),
    "app_mention": ("app_mention",),
    "assistant_thread_context_changed": (),
    "assistant_thread_started": (),
    **{name: (name,) for name in (*CHANNEL_EVENTS, "app_uninstalled", *GROUP_EVENTS, "tokens_revoked", "user_change")},
    "message": ("message.channels", "message.groups", "message.im", "message.mpim"),
}
