"""What can be typed and clicked, in Slack's words, and what the bot listens to. Manifest and help are made from it."""

from dataclasses import dataclass

from foundation.people import Role

PMO = (Role.PMO_STAFF, Role.PMO_LEAD)


@dataclass(frozen=True, slots=True)
class CommandUse:
    """One way to use a command. Without `roles` it is for everybody; with them, help shows it to those alone."""

    typed: str
    description: str
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command. `example` stands in the help, and so do its `uses`, if there are several."""

    name: str
    description: str
    usage_hint: str
    example: str
    uses: tuple[CommandUse, ...] = ()
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A global shortcut of the lightning menu."""

    callback_id: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class HelpLine:
    """What the bot does for people of these roles, in one sentence of the help. Without roles it concerns everybody."""

    sentence: str
    roles: tuple[Role, ...] = ()


COMMANDS = (
    Command(
        "/pmo",
        "Ask the handbook how to run projects",
        "[question], ask [question] or help",
        "/pmo how do I know whether my project is in trouble?",
        (
            CommandUse(
                "/pmo your question",
                "asks the handbook, or how projects, measures and requests stand; only you see the answer",
            ),
            CommandUse(
                "/pmo ask your question", "the same, for a question that begins with a word such as “help” or “gaps”"
            ),
            CommandUse("/pmo gaps", "lists what people asked and the handbook did not answer", PMO),
            CommandUse("/pmo help", "shows this"),
        ),
    ),
    Command(
        "/pmo-request",
        "Request a PMO service",
        "[service]",
        "/pmo-request health-check",
        (
            CommandUse("/pmo-request", "lets you choose the service"),
            CommandUse("/pmo-request health-check", "opens its form at once"),
        ),
    ),
    Command(
        "/pmo-requests",
        "See your requests and where they stand",
        "[PMO-12]",
        "/pmo-requests",
        (
            CommandUse("/pmo-requests", "lists yours"),
            CommandUse("/pmo-requests PMO-12", "shows one with its history"),
            CommandUse("/pmo-requests triage", "lists what waits for triage", PMO),
            CommandUse("/pmo-requests queue", "ranks what is accepted and not yet begun", PMO),
            CommandUse("/pmo-requests open", "lists all that have not ended, by how far they are", PMO),
            CommandUse(
                "/pmo-requests figures",
                "tells how long the PMO takes, what it promised and how satisfied people are",
                PMO,
            ),
        ),
    ),
    Command(
        "/pmo-strategy",
        "See the strategy and how it stands",
        "[objective or project]",
        "/pmo-strategy leakage",
        (
            CommandUse("/pmo-strategy", "shows objectives, measures and projects, as far as you may see them"),
            CommandUse("/pmo-strategy leakage", "opens the objective or project of that name, with its charts"),
            CommandUse("/pmo-strategy digest", "shows the next digest before it is sent", (Role.LEADER, Role.PMO_LEAD)),
        ),
    ),
    Command(
        "/pmo-update",
        "Report on your objective or project",
        "[objective or project]",
        "/pmo-update",
        (
            CommandUse("/pmo-update", "lets you choose among what you report on"),
            CommandUse("/pmo-update metering", "opens the form for that one"),
        ),
    ),
    Command("/pmo-story", "Tell a success story", "", "/pmo-story"),
)

SHORTCUTS = (
    Shortcut("request_service", "Request a PMO service", "Choose a service and say what you need"),
    Shortcut("write_update", "Write a progress update", "Report on your objective or project"),
    Shortcut("tell_story", "Tell a success story", "Say what went well and what it gave us"),
)

HELP_LINES = (
    HelpLine("Ask on in the thread of an answer and mention me again: I read a short question with the one before it."),
    HelpLine("What the handbook does not answer, you can pass on to the PMO with one click; a person answers you."),
    HelpLine("When a project needs the PMO's hands, request one of its services; you see every step."),
    HelpLine("Requests arrive in the triage channel: accept, ask, assign, deliver or decline them there.", PMO),
    HelpLine("Success stories are reviewed by the PMO and published once everybody they name agrees."),
    HelpLine("Updates on your objectives and projects are due regularly; you are reminded once, when one is missing."),
    HelpLine(
        "Updates that ask for something stay open until a sponsor, a leader or the PMO presses Seen.",
        (Role.LEADER, *PMO),
    ),
    HelpLine("Questions that people pass on arrive in the triage channel and in your App Home: press Answer.", PMO),
)

# Pages whose first question is offered as an example, by role; the first role that somebody holds counts.
STARTERS: dict[Role, tuple[str, ...]] = {
    Role.PMO_LEAD: ("governance-boards", "prioritisation", "improve-and-adapt", "clear-objectives"),
    Role.PMO_STAFF: ("project-in-trouble", "clear-objectives", "tailoring", "monitor-and-evaluate"),
    Role.LEADER: ("sponsor-role", "prioritisation", "clear-objectives", "benefits-management"),
    Role.PROJECT_MANAGER: ("health-check", "change-control", "stage-gates", "escalation"),
    Role.MEMBER: ("project-intake", "raci", "capacity-building", "health-check"),
}

# Bolt calls every message event “message”; Slack's name says in which kind of conversation.
EVENTS = {"app_home_opened": "app_home_opened", "app_mention": "app_mention", "message": "message.im"}
