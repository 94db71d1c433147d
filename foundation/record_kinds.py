"""The kinds of records that a question can ask for. The pillars say who may see each, and where."""

from enum import StrEnum


class RecordKind(StrEnum):
    """What an answer from live data shows."""

    # of the strategy
    STATES = "states"  # the objectives or projects in a state: “which projects are red?”
    STATUS = "status"  # one objective or project
    RESPONSIBLE = "responsible"  # who owns, sponsors or reviews something
    OWNED = "owned"  # what a person owns
    MILESTONES = "milestones"
    CHANGES = "changes"  # what has changed since a day
    NEXT_UPDATE = "next_update"
    NEXT_DIGEST = "next_digest"
    BUDGET = "budget"
    ALIGNMENT = "alignment"  # which objective a project serves, and the reverse
    STRATEGY = "strategy"  # mission, vision, objectives and their weights
    METRIC = "metric"
    ABSENCE = "absence"
    MISSING_UPDATES = "missing_updates"  # who hasn't reported
    STORIES = "stories"
    PMO_PEOPLE = "pmo_people"
    # of the service desk
    REQUEST = "request"
    OWN_REQUESTS = "own_requests"
    WAITING = "waiting"  # what waits for the asker, approvals included
    OPEN_REQUESTS = "open_requests"
    OVERDUE_REQUESTS = "overdue_requests"
    SATISFACTION = "satisfaction"
    DESK_FIGURES = "desk_figures"  # the SLA
    # of both
    ACTION = "action"  # how to do what was asked for; of a request, also what the asker may do with it
    UNKNOWN_NAME = "unknown_name"  # that nothing the asker may see has this name; shows no record but similar names
