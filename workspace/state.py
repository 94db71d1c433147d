"""The workspace's records in memory, written through to the saved state."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from workspace.clock import MessageClock
from workspace.records import AppIdentity, Channel, Json, Member, Team, Usergroup
from workspace.saved_state import StateSaver
from workspace.seed import Seed
from workspace.timeline import Timeline

EPHEMERAL_KEPT = 50


class WorkspaceState:
    """Everything the workspace remembers. After changing a record in place, call the matching `save_…` method."""

    def __init__(self, seed: Seed, saver: StateSaver, clock: MessageClock) -> None:
        self.seed = seed
        self.saver = saver
        self.clock = clock
        self.team: Team = seed.team
        self.teams: dict[str, Team] = {team.id: team for team in (seed.team, *seed.other_teams)}
        self.app: AppIdentity = seed.app
        self._clear()
        self._start()

    def _clear(self) -> None:
        self.people: dict[str, Member] = {item.id: item for item in (*self.seed.people, _bot_member(self.seed))}
        self.usergroups: dict[str, Usergroup] = {group.id: group for group in self.seed.usergroups}
        self.channels: dict[str, Channel] = {}
        self.channel_names: dict[str, str] = {}
        self.timelines: dict[str, Timeline] = defaultdict(Timeline)
        self.homes: dict[str, Json] = {}
        self.files: dict[str, Json] = {}
        self.reads: dict[tuple[str, str], str] = {}
        self.ephemerals: dict[tuple[str, str], list[Json]] = defaultdict(list)

    def _start(self) -> None:
        self._load()
        if self.channels:
            self._merge_seed()
        else:
            self._load_seed()
        self._remember_people()

    def reset(self) -> None:
        """Delete everything and start again from the seed."""
        self.saver.delete_everything()
        self._clear()
        self._load_seed()
        self._remember_people()

    def _load(self) -> None:
        for _, row in self.saver.load_records("channel"):
            self._index_channel(Channel.from_row(row))
        for key, message in self.saver.load_records("message"):
            message.pop("streaming", None)  # the app that was streaming it is gone
            self.timelines[key.partition("/")[0]].add(message)
            # A timestamp identifies a message. New ones must come after every saved one, even if the system clock was
            # set back meanwhile.
            self.clock.continue_after(message["ts"])
        for user, row in self.saver.load_records("person"):
            if user in self.people:
                self.people[user] = replace(self.people[user], **row)
        self.homes = dict(self.saver.load_records("home"))
        self.files = dict(self.saver.load_records("file"))
        for key, row in self.saver.load_records("read"):
            user, _, channel = key.partition("/")
            self.reads[user, channel] = row["ts"]

    def _load_seed(self) -> None:
        self._add_channels(self.seed.channels)
        for person in self.seed.people:
            for channel in self.seed.channels:
                self.mark_read(person.id, channel.id, self.clock.new_timestamp())

    def _merge_seed(self) -> None:
        """Add to the saved state what is new in the seed: channels, and people in theirs. Forget who left it."""
        for channel in self.channels.values():
            direct = channel.is_im or channel.is_mpim  # who it is between never changes
            gone = [user for user in channel.members if user not in self.people and not direct]
            for user in gone:
                del channel.members[user]
            if gone:
                self.save_channel(channel)
        self._add_new_people()
        self._add_channels([channel for channel in self.seed.channels if channel.id not in self.channels])

    def _add_new_people(self) -> None:
        """Only people new since the last start: the others may have left a channel on purpose."""
        known = {user for _, row in self.saver.load_records("known") for user in row["people"]}
        known |= {user for user, _ in self.reads}  # state saved before people were remembered
        for planned in self.seed.channels:
            saved = self.channels.get(planned.id)
            new = [user for user in planned.members if user not in known and user != self.app.bot_user_id]
            if saved and new:
                saved.members |= dict.fromkeys(new)
                self.save_channel(saved)

    def _remember_people(self) -> None:
        self.saver.save("known", "people", {"people": [person.id for person in self.seed.people]})

    def _add_channels(self, channels: Iterable[Channel]) -> None:
        created, added = int(self.clock.now()), set()
        for channel in channels:
            self.save_channel(Channel.from_row({**channel.to_row(), "created": created, "pins": []}))
            added.add(channel.id)
        for item in self.seed.messages:
            if item.channel not in added:
                continue
            author = {"user": item.user}
            if item.user == self.app.bot_user_id:
                author = {"user": item.user, "bot_id": self.app.bot_id, "app_id": self.app.id}
            ts = self.clock.new_timestamp()
            self.save_message(item.channel, {"type": "message", "ts": ts, "text": item.text, **author})

    def save_person(self, person: Member) -> None:
        """Keep what has changed about a person since the seed."""
        self.people[person.id] = person
        self.saver.save("person", person.id, {"deleted": person.deleted})

    def save_channel(self, channel: Channel) -> None:
        self._index_channel(channel)
        self.saver.save("channel", channel.id, channel.to_row())

    def _index_channel(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        if channel.name:
            self.channel_names[channel.name] = channel.id

    def save_message(self, channel: str, message: Json) -> None:
        timeline = self.timelines[channel]
        if message["ts"] not in timeline.by_ts:
            timeline.add(message)
        self.saver.save("message", f"{channel}/{message['ts']}", message)

    def delete_message(self, channel: str, ts: str) -> Json | None:
        self.saver.delete("message", f"{channel}/{ts}")
        return self.timelines[channel].remove(ts)

    def find_message(self, channel: str, ts: str) -> Json | None:
        return self.timelines[channel].by_ts.get(ts)

    def save_home(self, user: str, view: Json) -> None:
        self.homes[user] = view
        self.saver.save("home", user, view)

    def save_file(self, file: Json) -> None:
        self.files[file["id"]] = file
        self.saver.save("file", file["id"], file)

    def mark_read(self, user: str, channel: str, ts: str) -> None:
        if ts > self.reads.get((user, channel), ""):
            self.reads[user, channel] = ts
            self.saver.save("read", f"{user}/{channel}", {"ts": ts})

    def count_unread(self, user: str, channel: str) -> int:
        return self.timelines[channel].count_after(self.reads.get((user, channel), ""))

    def add_ephemeral(self, user: str, channel: str, message: Json) -> None:
        """Show a message to one person only. It isn't saved."""
        ephemerals = self.ephemerals[user, channel]
        ephemerals.append(message)
        del ephemerals[:-EPHEMERAL_KEPT]

    def has_bot(self, channel: Channel) -> bool:
        return self.app.bot_user_id in channel.members

    def find_team(self, user: str) -> Team:
        """The person's own organisation; this workspace's for a person it doesn't know."""
        return self.teams[self.people[user].team_id] if user in self.people else self.team

    def is_outsider(self, user: str) -> bool:
        """Whether this person belongs to another organisation."""
        return self.find_team(user).id != self.team.id

    def is_stranger(self, user: str) -> bool:
        """Whether this is an outsider who is in no channel with the app."""
        known = any(user in item.members and self.has_bot(item) and not item.is_im for item in self.channels.values())
        return self.is_outsider(user) and not known

    def can_read(self, channel: Channel, user: str) -> bool:
        """Whether this person can read the channel: colleagues read public ones, only members the others."""
        person = self.people[user]
        sees_public = not (person.is_guest or person.deleted or self.is_outsider(user))
        return user in channel.members or (sees_public and not channel.is_private)

    def list_viewers(self, channel: Channel) -> list[str]:
        """The people whose pages show this channel."""
        return [user for user in self.people if self.can_read(channel, user)]

    def find_bot(self, user: str) -> Json:
        """The ids `bot_id` and `app_id` of a bot: this app's own, or made-up ones for another bot."""
        if user == self.app.bot_user_id:
            return {"bot_id": self.app.bot_id, "app_id": self.app.id}
        return {"bot_id": f"B{user[1:]}", "app_id": f"A{user[1:]}"}

    def is_shared(self, channel: Channel) -> bool:
        """Whether people of another organisation are or may be in this conversation."""
        return bool(channel.connected_team_ids) or any(map(self.is_outsider, channel.members))

    def find_or_open_direct(self, users: Iterable[str]) -> Channel:
        """Return the direct message between these people, opening it if there is none yet."""
        members = sorted(set(users))
        prefix = "D" if len(members) < 3 else "G"
        key = self._direct_id(members)
        if key not in self.channels:
            channel = Channel(
                id=key,
                name="" if prefix == "D" else "mpdm-" + "--".join(self.people[user].name for user in members) + "-1",
                is_private=True,
                is_im=prefix == "D",
                is_mpim=prefix == "G",
                created=int(self.clock.now()),
                members=dict.fromkeys(members),
            )
            self.save_channel(channel)
        return self.channels[key]

    def _direct_id(self, members: list[str]) -> str:
        if len(members) > 2:
            return "G" + "".join(user[1:] for user in members)
        return "D" + "".join(user[1:] for user in members if user != self.app.bot_user_id)

    def find_channel_id(self, given: str) -> str:
        """Return the channel's id, given its id, its name, or the person whose direct message with the app it is."""
        name = given.lstrip("#")
        return self._direct_id([given]) if given in self.people else self.channel_names.get(name, name)


def _bot_member(seed: Seed) -> Member:
    name = seed.app.bot_name
    handle = name.lower().replace(" ", "")
    return Member(id=seed.app.bot_user_id, name=handle, real_name=name, team_id=seed.team.id, is_bot=True)
