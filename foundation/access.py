"""What somebody is to the organisation, and how much of the bot that lets them use."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Access(IntEnum):
    """How much somebody may use. Each level includes those before it."""

    NOTHING = 0
    HANDBOOK = 1  # ask how things are done, and read the handbook
    REQUESTS = 2  # and request services, for themselves
    EVERYTHING = 3  # and whatever their roles allow: strategy, updates, stories, figures


class PersonKind(StrEnum):
    """What somebody is to the organisation."""

    LISTED = "listed"  # in the organisation file, or in a user group that it names
    UNLISTED = "unlisted"  # a full member of the workspace, or of another one of the same enterprise
    GUEST = "guest"
    OUTSIDER = "outsider"  # of another organisation
    DEACTIVATED = "deactivated"
    BOT = "bot"  # an app or a workflow
    UNKNOWN = "unknown"  # not in the organisation file, and Slack couldn't be asked


@dataclass(frozen=True, slots=True)
class AccessRules:
    """How much those may use who aren't in the organisation file."""

    unlisted: Access = Access.REQUESTS
    guests: Access = Access.HANDBOOK
    outsiders: Access = Access.NOTHING

    def get_access(self, kind: PersonKind) -> Access:
        """How much somebody with this kind may use.

        Somebody unknown may turn out to be a guest, so they may use no more than the handbook.
        """
        match kind:
            case PersonKind.LISTED:
                return Access.EVERYTHING
            case PersonKind.UNLISTED:
                return self.unlisted
            case PersonKind.GUEST:
                return self.guests
            case PersonKind.OUTSIDER:
                return self.outsiders
            case PersonKind.UNKNOWN:
                return min(self.unlisted, self.guests, Access.HANDBOOK)
            case _:
                return Access.NOTHING
