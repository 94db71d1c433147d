// Every request the page can make.
let actor = null;

export class Unreachable extends Error {}

/** Make every following request as this person. */
export function actAs(userId) {
  actor = userId;
}

export const boot = (user) => getJson("boot", user ? { user } : {});
export const messages = (query) => getJson("messages", { user: actor, limit: 50, ...query });
export const post = (message) => postJson("post", message);
export const edit = (channel, ts, text) => postJson("edit", { channel, ts, text });
export const remove = (channel, ts) => postJson("delete", { channel, ts });
export const command = (line) => postJson("command", line);
export const action = (interaction) => postJson("action", interaction);
export const submit = (view_id, state) => postJson("submit", { view_id, state });
export const close = (view_id, all) => postJson("close", { view_id, all });
export const shortcut = (used) => postJson("shortcut", used);
export const options = (question) => postJson("options", question);
export const home = (tab, viewing) => postJson("home", { tab, viewing });
export const context = (viewing) => postJson("context", { viewing });
export const stop = (channel, thread_ts) => postJson("stop", { channel, thread_ts });
export const react = (channel, ts, name, add) => postJson("react", { channel, ts, name, add });
export const read = (channel, ts) => postJson("read", { channel, ts });
export const join = (channel) => postJson("join", { channel });
export const dm = (other) => postJson("dm", { other });

/** Uploads a file. Resolves to `{ok, file}`, with the file in Slack's format. */
export function upload(file) {
  const query = new URLSearchParams({ user: actor, name: file.name });
  return fetchJson(`/client/upload?${query}`, { method: "POST", body: file });
}

/** The URL at which this person can read a file, or null for other hosts. The URL for apps needs a token. */
export function fileAddress(address) {
  const path = address.startsWith(location.origin) ? address.slice(location.origin.length) : address;
  const found = /^(?:\/client)?(\/files\/[^?#]+)/.exec(path);
  return found && `/client${found[1]}?${new URLSearchParams({ user: actor })}`;
}

function getJson(name, query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return fetchJson(`/client/${name}?${new URLSearchParams(given)}`);
}

function postJson(name, body) {
  return fetchJson(`/client/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: actor, ...body }),
  });
}

async function fetchJson(address, init) {
  let answer;
  try {
    answer = await fetch(address, init);
  } catch {
    throw new Unreachable("Can't reach the local workspace. Check that it's running, then try again.");
  }
  const body = await answer.json().catch(() => null);
  if (body === null) {
    throw new Unreachable(`The local workspace returned an error (${answer.status}). Try again.`);
  }
  return body;
}
