// Applies frames that the server pushes to the state.
import { replaceMessage, inChannel, isReply, insertMessage, removeMessage } from "./log.js";
import { store, threadKey } from "./state.js";

export function applyFrame(frame, page) {
  for (const record of records) if (record.channel === frame.channel) record.frames.push(frame);
  APPLY[frame.type]?.(frame, page);
}

const records = new Set();

/**
 * Records the frames of a channel while its messages are being loaded. Returns a function that applies them to the
 * loaded messages, which may be older.
 */
export function recordFrames(channel) {
  const record = { channel, frames: [] };
  records.add(record);
  return () => {
    records.delete(record);
    for (const frame of record.frames) LISTS[frame.type]?.(frame);
  };
}

// Frames that change lists of messages. Applying one twice changes nothing.
const LISTS = {
  message: add,
  ephemeral: (frame) => add({ ...frame, message: { ...frame.message, ephemeral: true } }),
  message_changed: (frame) => eachList(frame.channel, (list) => replaceMessage(list, frame.message)),
  message_deleted: (frame) => eachList(frame.channel, (list) => removeMessage(list, frame.ts)),
};

const APPLY = {
  ...LISTS,
  message(frame, page) {
    add(frame);
    if (inChannel(frame.message)) countUnread(frame, page);
    clearStatus(frame);
    followAgent(frame, page);
  },
  ephemeral(frame) {
    LISTS.ephemeral(frame);
    clearStatus(frame);
  },
  view_opened: ({ view }) => store.set({ views: [view] }),
  view_pushed: ({ view }) =>
    store.set((state) => ({ views: [...state.views.filter((one) => one.id !== view.id), view] })),
  view_updated: updateView,
  view_closed: closeViews,
  home: ({ view }) => store.set({ home: view }),
  status({ channel, thread_ts, ...status }) {
    const key = threadKey(channel, thread_ts ?? "");
    store.set((state) => ({ statuses: { ...state.statuses, [key]: status.status ? status : undefined } }));
  },
  prompts({ channel, thread_ts, title, prompts }) {
    const key = thread_ts ? threadKey(channel, thread_ts) : channel;
    store.set((state) => ({ prompts: { ...state.prompts, [key]: { title, prompts } } }));
  },
  channel: ({ channel }) => keepChannel(channel),
  error: ({ message }, page) => page.toast(message),
  app: ({ connected }) => store.set({ appConnected: connected }),
  reload: () => location.reload(),
};

function add({ channel, message }) {
  if (isReply(message)) {
    const key = threadKey(channel, message.thread_ts);
    store.set((state) => {
      const thread = state.threads[key];
      return thread
        ? { threads: { ...state.threads, [key]: { ...thread, messages: insertMessage(thread.messages, message) } } }
        : {};
    });
  }
  if (!inChannel(message)) return;
  store.set((state) => {
    const log = state.logs[channel];
    return log ? { logs: { ...state.logs, [channel]: { ...log, messages: insertMessage(log.messages, message) } } } : {};
  });
}

// A new message is unread, unless its channel is open or the person wrote it.
function countUnread({ channel, message }, page) {
  const state = store.get();
  const known = state.channels[channel];
  if (!known) return page.learnChannels();
  if (state.channel === channel && !document.hidden) return page.markRead(channel);
  if (message.user === state.me.id || known.is_member === false) return;
  store.set({ channels: { ...state.channels, [channel]: { ...known, unread: (known.unread ?? 0) + 1 } } });
}

// A message by the app clears its status, such as "is thinking…".
function clearStatus({ channel, message }) {
  const state = store.get();
  if (!message.bot_id && message.user !== state.app?.bot_user_id) return;
  const keys = [threadKey(channel, message.thread_ts ?? ""), threadKey(channel, "")].filter(
    (key) => state.statuses[key],
  );
  if (keys.length)
    store.set({ statuses: { ...state.statuses, ...Object.fromEntries(keys.map((key) => [key, undefined])) } });
}

// An agent answers in a thread under the question. Its first answer to the latest question opens the thread.
function followAgent({ channel, message }, page) {
  const state = store.get();
  if (!state.app?.is_agent || !state.channels[channel]?.is_app || state.channel !== channel || state.thread) return;
  const asked = state.logs[channel]?.messages.findLast((one) => one.user === state.me.id);
  const first = !state.threads[threadKey(channel, message.thread_ts)];
  if (message.bot_id && first && asked && asked.ts === message.thread_ts && state.tab === "messages")
    page.openThread(asked.ts);
}

function eachList(channel, change) {
  store.set((state) => {
    const next = {};
    const log = state.logs[channel];
    const messages = log && change(log.messages);
    if (log && messages !== log.messages) next.logs = { ...state.logs, [channel]: { ...log, messages } };
    for (const [key, thread] of Object.entries(state.threads)) {
      const list = key.startsWith(`${channel}:`) ? change(thread.messages) : thread.messages;
      if (list !== thread.messages)
        next.threads = { ...(next.threads ?? state.threads), [key]: { ...thread, messages: list } };
    }
    return next;
  });
}

// Closes a view and all views on top of it. If the view is no longer open, nothing is closed: the open ones are newer.
function closeViews({ view_id, all }) {
  store.set((state) => {
    const at = state.views.findIndex((view) => view.id === view_id);
    return at < 0 ? {} : { views: all ? [] : state.views.slice(0, at) };
  });
}

function updateView({ view }) {
  store.set((state) => ({
    views: state.views.map((one) => (one.id === view.id ? view : one)),
    ...(view.type === "home" ? { home: view } : {}),
  }));
}

function keepChannel(channel) {
  store.set((state) => {
    const open = state.channel === channel.id && !document.hidden;
    const known = { ...state.channels[channel.id], ...channel, ...(open ? { unread: 0 } : {}) };
    const order = state.channelOrder.includes(channel.id) ? state.channelOrder : [...state.channelOrder, channel.id];
    return { channels: { ...state.channels, [channel.id]: known }, channelOrder: order };
  });
}
