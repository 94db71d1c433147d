"""What is saved when the workspace stops, and what isn't."""

import sqlite3
import threading

import pytest

from tests.workspace.running import MANIFEST, running_workspace
from workspace.errors import ConfigError
from workspace.saved_state import StateSaver

HOME = {"type": "home", "blocks": [{"type": "divider"}]}
MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Ask"},
    "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "?"}}],
}


async def test_all_records_survive_a_restart(tmp_path):
    async with running_workspace(data=tmp_path) as workspace:
        ben = workspace.as_user("U02BEN")
        ts = await ben.post("C02PROJECTS", "Kept")
        reply = await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Reply", thread_ts=ts)
        gone = await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Gone")
        await workspace.api("chat.delete", channel="C02PROJECTS", ts=gone["ts"])
        await ben.react("C02PROJECTS", ts, "eyes")
        await workspace.api("views.publish", user_id="U04DANA", view=HOME)
        started = await workspace.api("files.getUploadURLExternal", filename="a.txt", length=3)
        await workspace.session.post(started["upload_url"], data=b"abc")
        await workspace.api("files.completeUploadExternal", files=[{"id": started["file_id"]}])
        await ben.command("/remove @PMO Assistant", channel="C07ASK")
        trigger = workspace.server.hub.triggers.issue("U02BEN")
        modal = (await workspace.api("views.open", trigger_id=trigger, view=MODAL))["view"]

    async with running_workspace(data=tmp_path) as workspace:
        ben = workspace.as_user("U02BEN")
        [kept] = await ben.messages("C02PROJECTS")
        assert (kept["text"], kept["reply_count"], kept["reactions"][0]["name"]) == ("Kept", 1, "eyes")
        assert [message["text"] for message in await ben.messages("C02PROJECTS", thread_ts=ts)] == ["Kept", "Reply"]
        assert (await workspace.as_user("U04DANA").open_home())["type"] == "home"
        address = f"{workspace.url}/client/files/{started['file_id']}/a.txt?user=U02BEN"
        async with workspace.session.get(address) as response:
            assert await response.read() == b"abc"
        info = await workspace.api("conversations.info", channel="C07ASK")
        assert not info["channel"]["is_member"]
        assert (await workspace.api("views.update", view_id=modal["id"], view=MODAL))["error"] == "not_found"
        assert await ben.post("C02PROJECTS", "Later") > reply["ts"]


async def test_the_saved_state_wins_over_the_seed(tmp_path):
    async with running_workspace(data=tmp_path) as workspace:
        await workspace.api("chat.postMessage", channel="C01GENERAL", text="Second")
    async with running_workspace(data=tmp_path) as workspace:
        texts = [message["text"] for message in await workspace.as_user("U01ADA").messages("C01GENERAL")]
        assert texts == ["Welcome to the sample workspace of Meridian Water.", "Second"]


async def test_read_markers_survive_a_restart(tmp_path):
    async with running_workspace(data=tmp_path) as workspace:
        ada, ben = workspace.as_user("U01ADA"), workspace.as_user("U02BEN")
        ts = await ben.post("C02PROJECTS", "News")
        assert await count_unread(ada) == {"C02PROJECTS": 1}
        await ada.read("C02PROJECTS", ts)
    async with running_workspace(data=tmp_path) as workspace:
        assert await count_unread(workspace.as_user("U01ADA")) == {}


async def count_unread(person):
    return {channel["id"]: channel["unread"] for channel in (await person.boot())["channels"] if channel["unread"]}


async def test_an_open_stream_ends_with_a_restart(tmp_path):
    async with running_workspace(data=tmp_path) as workspace:
        ben = workspace.as_user("U02BEN")
        ts = await ben.post(await ben.dm(), "What is RAG?")
        await workspace.api("chat.startStream", channel="D02BEN", thread_ts=ts, markdown_text="RAG is")
    async with running_workspace(data=tmp_path) as workspace:
        messages = await workspace.as_user("U02BEN").messages("D02BEN", thread_ts=ts)
        assert (messages[1]["text"], messages[1].get("streaming")) == ("RAG is", None)


async def test_nothing_is_saved_without_a_folder(tmp_path):
    async with running_workspace(MANIFEST) as workspace:
        await workspace.as_user("U02BEN").post("C02PROJECTS", "Not kept")
    assert list(tmp_path.iterdir()) == []


def test_an_unusable_folder_error_names_the_path(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="Choose another folder with --data"):
        StateSaver(tmp_path / "file" / "workspace.sqlite3")


def test_failed_writes_are_retried_without_loss(tmp_path, caplog):
    saver = StateSaver(tmp_path / "workspace.sqlite3")
    other = sqlite3.connect(tmp_path / "workspace.sqlite3", isolation_level=None)
    other.execute("ALTER TABLE records RENAME TO elsewhere")
    saver.save("message", "C/1", {"text": "Kept"})
    for _ in range(3):
        saver.flush()
    assert caplog.text.count("Couldn't save the state") == 1
    other.execute("ALTER TABLE elsewhere RENAME TO records")
    saver.close()
    assert "works again" in caplog.messages[-1]
    assert other.execute("SELECT key FROM records").fetchall() == [("C/1",)]
    other.close()


def test_a_reset_waits_for_a_running_write(tmp_path, monkeypatch):
    saver = StateSaver(tmp_path / "workspace.sqlite3")
    started, may_write, write = threading.Event(), threading.Event(), saver._write

    def write_slowly(records, blobs):
        started.set()
        may_write.wait(5)
        write(records, blobs)

    monkeypatch.setattr(saver, "_write", write_slowly)
    saver.save("message", "C/1", {"text": "Old"})
    assert started.wait(5)
    reset = threading.Thread(target=saver.delete_everything)
    reset.start()
    reset.join(0.2)  # a reset that doesn't wait would be done by now
    may_write.set()
    reset.join(5)
    saver.flush()
    assert list(saver.load_records("message")) == []
    saver.close()
