// Reading messages: channels, older pages, threads, and how far one has read.
import * as api from "./api.js";
import { recordFrames } from "./frames.js";
import { isReply, merged } from "./log.js";
import { attempt } from "./notices.js";
import { store, threadKey } from "./state.js";

// What was asked for as one person must not end up on the page of the next.
const asked = (request, sentence) => {
  const who = store.get().me?.id;
  return attempt(request, sentence).then((answer) => (store.get().me?.id === who ? answer : null));
};

function setLog(channel, change) {
  store.set((state) => ({ logs: { ...state.logs, [channel]: { ...state.logs[channel], ...change } } }));
}

/** Reads the newest messages of a channel; `unread` says before how many of them the line "New" stands. */
export async function loadLog(channel, unread = 0) {
  if (!channel) return;
  const known = store.get().logs[channel];
  setLog(channel, { messages: known?.messages ?? [], hasMore: known?.hasMore ?? false, loading: true });
  const replay = recordFrames(channel);
  const page = await asked(api.messages({ channel }), "The messages could not be read. Try again.");
  const log = store.get().logs[channel];
  if (page?.messages && log) {
    const messages = freshest(log.messages, page);
    const unreadFrom = unread > 0 ? page.messages.at(-Math.min(unread, page.messages.length))?.ts : log.unreadFrom;
    setLog(channel, { messages, hasMore: page.has_more, unreadFrom });
  }
  replay();
  if (log) setLog(channel, { loading: false, loaded: true });
  markRead(channel);
}

// What only this page holds (ephemeral messages) and older pages stay; what the server no longer has goes.
function freshest(known, page) {
  const oldest = page.messages[0]?.ts ?? "";
  return merged(
    known.filter((message) => message.ephemeral || (page.has_more && message.ts < oldest)),
    page.messages,
  );
}

export async function loadOlder(channel) {
  const log = store.get().logs[channel];
  if (!log?.hasMore || log.loading) return;
  setLog(channel, { loading: true });
  const query = { channel, before: log.messages[0]?.ts };
  const page = await asked(api.messages(query), "Older messages could not be read.");
  const now = store.get().logs[channel];
  if (page?.messages && now) {
    setLog(channel, { messages: merged(page.messages, now.messages), hasMore: page.has_more });
  }
  if (now) setLog(channel, { loading: false });
}

export async function loadThread(channel, ts) {
  const key = threadKey(channel, ts);
  const set = (change) =>
    store.set((state) => ({ threads: { ...state.threads, [key]: { ...state.threads[key], ...change } } }));
  set({ messages: store.get().threads[key]?.messages ?? rootOf(channel, ts), loading: true });
  const replay = recordFrames(channel);
  const page = await asked(api.messages({ channel, thread_ts: ts }), "The thread could not be read. Try again.");
  const thread = store.get().threads[key];
  if (page?.messages && thread) {
    const own = thread.messages.filter((one) => one.ephemeral);
    set({ messages: merged(own, page.messages) });
  }
  replay();
  if (thread) set({ loading: false });
}

const rootOf = (channel, ts) => (store.get().logs[channel]?.messages ?? []).filter((message) => message.ts === ts);

/** Tells the server that the open channel was seen up to its last message, once for each last message. */
export function markRead(channel) {
  const state = store.get();
  const known = state.channels[channel];
  if (state.channel !== channel || !known || document.hidden) return;
  const last = state.logs[channel]?.messages.findLast((message) => !message.ephemeral && !isReply(message));
  if (!known.unread && known.readUpTo === last?.ts) return;
  const seen = { ...known, unread: 0, readUpTo: last?.ts };
  store.set({ channels: { ...state.channels, [channel]: seen } });
  if (last) api.read(channel, last.ts).catch(() => {}); // told again with the next message
}
