// Everything the page knows, and functions to read it.
import { createStore, useStore } from "./store.js";

export const EMPTY = {
  phase: "starting", // starting, ready or failed
  failure: "",
  online: true,
  appConnected: true,
  team: null,
  me: null,
  users: {},
  people: [], // ids, in the server's order
  channels: {},
  channelOrder: [],
  app: null,
  commands: [],
  shortcuts: [],
  channel: null, // the open channel's id
  tab: "messages", // open tab of the app: home, messages or about
  viewing: null, // id of the channel opened last besides the app's own conversation
  editing: null, // "channel:ts" of the message being edited
  thread: null, // ts of the open thread's first message
  logs: {}, // channel ID → {messages, hasMore, loading, unreadFrom}
  threads: {}, // "channel:ts" → {messages, loading}
  statuses: {}, // "channel:ts" → the app's status, such as "is thinking…"
  prompts: {}, // channel ID, or "channel:ts" → {title, prompts}
  home: null,
  views: [], // the stack of open modals, root first
  confirming: null,
  toasts: [],
  sidebarOpen: false,
};

export const store = createStore(EMPTY);
export const useWorkspace = (select) => useStore(store, select);

export const threadKey = (channel, ts) => `${channel}:${ts}`;

export function personName(user) {
  return user ? user.real_name || user.name || user.id : "Someone";
}

export function channelTitle(state, channel) {
  if (!channel) return "";
  if (channel.is_app) return state.app?.name ?? "App";
  if (channel.is_im) return personName(state.users[channel.user]);
  return channel.name;
}

/** A person's title and what is unusual about them, such as "Consultant, from Brightwell". */
export function personDetail(user) {
  return [user?.title, user?.kind].filter(Boolean).join(", ");
}

/** The name in the composer and the header: "#general" or "Wei Chen". */
export function channelLabel(state, channel) {
  return channel && (channel.is_im || channel.is_app || channel.is_mpim)
    ? channelTitle(state, channel)
    : `#${channelTitle(state, channel)}`;
}

/** Who wrote a message: `{id, name, color, bot, kind, image}`. `kind` says what is unusual about the person. */
export function authorOf(state, message) {
  const user = state.users[message.user];
  const fromApp = Boolean(message.bot_id) || user?.is_bot || message.user === state.app?.bot_user_id;
  const name = message.username || (user ? personName(user) : fromApp ? state.app?.name : "Someone");
  const icons = message.icons || {};
  return {
    id: message.user || message.bot_id || "",
    name: name || "App",
    color: user?.color || "0f766e",
    bot: fromApp,
    kind: user?.kind || "",
    image: icons.image_48 || user?.avatar || null,
    emoji: icons.emoji || null,
  };
}
