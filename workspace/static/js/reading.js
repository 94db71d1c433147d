// Loads messages: channels, older pages and threads. Also marks them as read.
import * as api from "./api.js";
import { recordFrames } from "./frames.js";
import { isReply, mergeMessages } from "./log.js";
import { attempt } from "./notices.js";
import { store, threadKey } from "./state.js";

// If another person signs in meanwhile, the response isn't theirs and is dropped.
const fetchAsMe = (request, sentence) => {
  const who = store.get().me?.id;
  return attempt(request, sentence).then((answer) => (store.get().me?.id === who ? answer : null));
};

function setLog(channel, change) {
  store.set((state) => ({ logs: { ...state.logs, [channel]: { ...state.logs[channel], ...change } } }));
}

/** Loads the newest messages of a channel. The "New" line appears above the last `unread` of them. */
export async function loadLog(channel, unread = 0) {
  if (!channel) return;
  const known = store.get().logs[channel];
  setLog(channel, { messages: known?.messages ?? [], hasMore: known?.hasMore ?? false, loading: true });
  const replay = recordFrames(channel);
  const page = await fetchAsMe(api.messages({ channel }), "Couldn't load the messages. Try again.");
  const log = store.get().logs[channel];
  if (page?.messages && log) {
    const messages = mergePage(log.messages, page);
    const unreadFrom = unread > 0 ? page.messages.at(-Math.min(unread, page.messages.length))?.ts : log.unreadFrom;
    setLog(channel, { messages, hasMore: page.has_more, unreadFrom });
  }
  replay();
  if (log) setLog(channel, { loading: false, loaded: true });
  markRead(channel);
}

// Keeps ephemeral messages and older pages, and drops messages that the server no longer has.
function mergePage(known, page) {
  const oldest = page.messages[0]?.ts ?? "";
  return mergeMessages(
    known.filter((message) => message.ephemeral || (page.has_more && message.ts < oldest)),
    page.messages,
  );
}

export async function loadOlder(channel) {
  const log = store.get().logs[channel];
  if (!log?.hasMore || log.loading) return;
  setLog(channel, { loading: true });
  const query = { channel, before: log.messages[0]?.ts };
  const page = await fetchAsMe(api.messages(query), "Couldn't load older messages. Try again.");
  const now = store.get().logs[channel];
  if (page?.messages && now) {
    setLog(channel, { messages: mergeMessages(page.messages, now.messages), hasMore: page.has_more });
  }
  if (now) setLog(channel, { loading: false });
}

export async function loadThread(channel, ts) {
  const key = threadKey(channel, ts);
  const set = (change) =>
    store.set((state) => ({ threads: { ...state.threads, [key]: { ...state.threads[key], ...change } } }));
  set({ messages: store.get().threads[key]?.messages ?? rootOf(channel, ts), loading: true });
  const replay = recordFrames(channel);
  const page = await fetchAsMe(api.messages({ channel, thread_ts: ts }), "Couldn't load the thread. Try again.");
  const thread = store.get().threads[key];
  if (page?.messages && thread) {
    const own = thread.messages.filter((one) => one.ephemeral);
    set({ messages: mergeMessages(own, page.messages) });
  }
  replay();
  if (thread) set({ loading: false });
}

const rootOf = (channel, ts) => (store.get().logs[channel]?.messages ?? []).filter((message) => message.ts === ts);

/** Marks the open channel as read up to its last message, once for each last message. */
export function markRead(channel) {
  const state = store.get();
  const known = state.channels[channel];
  if (state.channel !== channel || !known || document.hidden) return;
  const last = state.logs[channel]?.messages.findLast((message) => !message.ephemeral && !isReply(message));
  if (!known.unread && known.readUpTo === last?.ts) return;
  const seen = { ...known, unread: 0, readUpTo: last?.ts };
  store.set({ channels: { ...state.channels, [channel]: seen } });
  if (last) api.read(channel, last.ts).catch(() => {}); // the next message marks this one as read, too
}
