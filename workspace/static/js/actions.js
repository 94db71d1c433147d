// What a person does on the page, and the requests it makes.
import * as api from "./api.js";
import { applyFrame } from "./frames.js";
import { attempt, toast } from "./notices.js";
import { loadLog, loadThread, markRead } from "./reading.js";
import { connect } from "./socket.js";
import { EMPTY, store, threadKey } from "./state.js";

let socket = null;
let signIns = 0;

// ------------------------------------------------------------------ opening

const byId = (list) => Object.fromEntries(list.map((one) => [one.id, one]));

function bootState(boot) {
  return {
    team: boot.team,
    me: boot.me,
    users: byId(boot.users),
    people: boot.users.map((user) => user.id),
    channels: byId(boot.channels),
    channelOrder: boot.channels.map((channel) => channel.id),
    app: boot.app,
    commands: boot.commands ?? [],
    shortcuts: boot.shortcuts ?? [],
    appConnected: boot.app?.connected ?? store.get().appConnected,
  };
}

/**
 * Opens the workspace as this person, or as the first one if none is given.
 *
 * Until it has loaded, nothing of the earlier person's workspace is shown: what is clicked or typed there would be done
 * as that person, and be lost.
 */
export async function signIn(user, wishedChannel) {
  socket?.close();
  const own = (signIns += 1);
  store.set({ phase: "starting" });
  try {
    const boot = await api.boot(user);
    if (own !== signIns) return; // another person was chosen meanwhile
    if (boot.ok === false) throw new api.Unreachable(boot.message || "Couldn't open the workspace.");
    api.actAs(boot.me.id);
    const { toasts, sidebarOpen } = store.get();
    store.set({ ...EMPTY, toasts, sidebarOpen, ...bootState(boot), phase: "ready" });
    keepAgentPrompts(boot);
    rememberUser(boot.me.id);
    openSocket(boot.me.id);
    const first =
      boot.channels.find((channel) => channel.is_member && !channel.is_im && !channel.is_app) ?? boot.channels[0];
    const wished = boot.channels.some((channel) => channel.id === wishedChannel) ? wishedChannel : first?.id;
    if (wished) openChannel(wished);
  } catch (error) {
    if (!(error instanceof api.Unreachable)) console.error(error);
    store.set({ phase: "failed", failure: error.message });
  }
}

function keepAgentPrompts(boot) {
  const own = boot.channels.find((channel) => channel.is_app);
  const given = boot.agent_prompts;
  const prompts = Array.isArray(given) ? given : given?.prompts;
  if (own && prompts?.length) store.set({ prompts: { [own.id]: { title: given.title ?? "", prompts } } });
}

function rememberUser(user) {
  const address = new URL(location.href);
  address.searchParams.set("user", user);
  history.replaceState(null, "", address);
}

function openSocket(user) {
  let current = true; // whether only frames between the first request and the first frame can have been missed
  socket = connect(user, {
    onFrame: (frame) => applyFrame(frame, page),
    onOpen() {
      store.set({ online: true });
      if (current) loadLog(store.get().channel);
      else readAgain(user);
      current = true;
    },
    onLost() {
      current = false;
      store.set({ online: false });
    },
  });
}

// The functions that frames may use.
const page = { toast, markRead, learnChannels, openThread };

/** Loads the channels after a message in one that this page doesn't know yet. */
async function learnChannels() {
  const boot = await attempt(api.boot(store.get().me.id));
  if (!boot?.channels) return;
  const known = store.get().channels;
  for (const channel of boot.channels) if (!known[channel.id]) applyFrame({ type: "channel", channel }, page);
}

export const retryNow = () => socket?.reconnectNow();

/** After a lost connection: load everything again that may have changed meanwhile. */
async function readAgain(user) {
  const boot = await attempt(api.boot(user), "Couldn't refresh the workspace. Reload the page.");
  if (!boot || boot.ok === false) return;
  store.set(bootState(boot));
  const { channel, thread, tab, channels } = store.get();
  store.set((state) => ({ logs: channel ? { [channel]: state.logs[channel] } : {}, threads: {} }));
  await loadLog(channel);
  if (thread) await loadThread(channel, thread);
  if (channels[channel]?.is_app) openTab(tab);
}

// ------------------------------------------------------------------ navigating

export function openChannel(id) {
  const state = store.get();
  const channel = state.channels[id];
  if (!channel) return;
  const again = state.channel === id;
  const viewing = channel.is_app ? state.viewing : id;
  store.set({ channel: id, viewing, sidebarOpen: false, ...(again ? {} : { thread: null }) });
  location.hash = id;
  if (channel.is_app) openTab(again ? state.tab : state.app?.home_enabled ? "home" : "messages");
  else if (state.app?.is_agent && !again) attempt(api.context(id)); // an agent may see what the person views
  loadLog(id, channel.unread);
}

export function openTab(tab) {
  store.set({ tab });
  if (tab === "about") return;
  const before = store.get().home;
  attempt(api.home(tab, store.get().viewing)).then((answer) => {
    // The app may have published a newer view before this response arrived. Keep that one.
    if (answer?.view && store.get().home === before) store.set({ home: answer.view });
  });
}

export function openThread(ts) {
  const { channel } = store.get();
  store.set({ thread: ts });
  loadThread(channel, ts);
}

/** Asks the agent to stop what it's doing in this thread. */
export function stopSession(channel, thread_ts) {
  return attempt(api.stop(channel, thread_ts), "That didn't reach the app. Try again.");
}

export function closeThread() {
  store.set({ thread: null });
}

export async function openDirect(other) {
  const answer = await attempt(api.dm(other));
  if (!answer?.channel) return;
  applyFrame({ type: "channel", channel: answer.channel }, page);
  openChannel(answer.channel.id);
}

export async function joinChannel(id) {
  const answer = await attempt(api.join(id));
  if (answer?.channel) applyFrame({ type: "channel", channel: answer.channel }, page);
}

// ------------------------------------------------------------------ writing

/** Sends typed text. Resolves to whether it was sent, so that the composer can keep text that wasn't. */
export async function send(channel, text, thread_ts, more = {}) {
  const request =
    text.startsWith("/") && !more.files?.length
      ? api.command({ channel, text, thread_ts })
      : api.post({ channel, text, thread_ts, ...more });
  const answer = await attempt(request, "Your message wasn't sent. Try again.");
  return Boolean(answer && answer.ok !== false);
}

/** Opens the field for editing one's own message. */
export function editMessage(channel, ts) {
  store.set({ editing: threadKey(channel, ts) });
}

/** Opens one's own latest message of the channel or thread for editing. Returns whether there is one. */
export function editLatest(channel, thread_ts) {
  const { logs, threads, me } = store.get();
  const list = thread_ts ? threads[threadKey(channel, thread_ts)] : logs[channel];
  const own = list?.messages.findLast((message) => message.user === me.id && !message.ephemeral);
  if (own) editMessage(channel, own.ts);
  return Boolean(own);
}

export function stopEditing() {
  store.set({ editing: null });
}

/** Saves the edited text. Resolves to whether it was saved. */
export async function saveEdit(channel, ts, text) {
  const answer = await attempt(api.edit(channel, ts, text), "Your change wasn't saved. Try again.");
  const saved = Boolean(answer && answer.ok !== false);
  if (saved) stopEditing();
  return saved;
}

const DELETION = {
  title: { type: "plain_text", text: "Delete message" },
  text: { type: "plain_text", text: "Delete this message? This can't be undone." },
  confirm: { type: "plain_text", text: "Delete" },
  deny: { type: "plain_text", text: "Cancel" },
  style: "danger",
};

export async function deleteMessage(channel, ts) {
  if (await askConfirmation(DELETION))
    await attempt(api.remove(channel, ts), "The message wasn't deleted. Try again.");
}

export function react(channel, message, name) {
  const mine = message.reactions?.find((one) => one.name === name)?.users.includes(store.get().me.id);
  return attempt(api.react(channel, message.ts, name, !mine), "Couldn't save the reaction. Try again.");
}

export function runShortcut(shortcut, channel, message_ts) {
  return attempt(
    api.shortcut({ callback_id: shortcut.callback_id, type: shortcut.type, channel, message_ts }),
    "Couldn't start the shortcut. Try again.",
  );
}

// ------------------------------------------------------------------ blocks and views

/** Sends an interaction, after the element's confirmation dialog if it has one. Resolves to whether it was sent. */
export async function interact(container, action, state, confirm) {
  if (confirm && !(await askConfirmation(confirm))) return false;
  const answer = await attempt(api.action({ container, action, state }), "That didn't reach the app. Try again.");
  return Boolean(answer && answer.ok !== false);
}

export function askConfirmation(confirm) {
  return new Promise((resolve) => store.set({ confirming: { confirm, resolve } }));
}

export function answerConfirm(yes) {
  const { confirming } = store.get();
  store.set({ confirming: null });
  confirming?.resolve(yes);
}

/** Submits a view. Resolves to `{errors}` or `{message}` if it stays open, and to null if it was accepted. */
export async function submitView(view, state) {
  try {
    const answer = await api.submit(view.id, state);
    if (answer.ok === false) return { message: answer.message || "This wasn't submitted. Try again." };
    return answer.errors && Object.keys(answer.errors).length ? { errors: answer.errors } : null;
  } catch (error) {
    return { message: error.message };
  }
}

export function closeView(view, all) {
  store.set((state) => ({ views: all ? [] : state.views.filter((one) => one.id !== view.id) }));
  attempt(api.close(view.id, all));
}
