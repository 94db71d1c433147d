// The page's side of its contract with the server: every request the page can make.
let speaker = null;

export class Unreachable extends Error {}

/** From now on every request is made as this sample person. */
export function speakAs(userId) {
  speaker = userId;
}

export const boot = (user) => ask("boot", user ? { user } : {});
export const messages = (query) => ask("messages", { user: speaker, limit: 50, ...query });
export const post = (message) => tell("post", message);
export const command = (line) => tell("command", line);
export const action = (interaction) => tell("action", interaction);
export const submit = (view_id, state) => tell("submit", { view_id, state });
export const close = (view_id, all) => tell("close", { view_id, all });
export const shortcut = (used) => tell("shortcut", used);
export const options = (question) => tell("options", question);
export const home = (tab) => tell("home", { tab });
export const react = (channel, ts, name, add) => tell("react", { channel, ts, name, add });
export const read = (channel, ts) => tell("read", { channel, ts });
export const join = (channel) => tell("join", { channel });
export const dm = (other) => tell("dm", { other });

/** Stores a file and answers `{ok, file}`, the file as Slack describes it. */
export function upload(file) {
  const query = new URLSearchParams({ user: speaker, name: file.name });
  return fetchJson(`/client/upload?${query}`, { method: "POST", body: file });
}

/** Where this person reads a file of the workspace, or null for any other address: the one given to apps takes a token. */
export function fileAddress(address) {
  const path = address.startsWith(location.origin) ? address.slice(location.origin.length) : address;
  const found = /^(?:\/client)?(\/files\/[^?#]+)/.exec(path);
  return found && `/client${found[1]}?${new URLSearchParams({ user: speaker })}`;
}

function ask(name, query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return fetchJson(`/client/${name}?${new URLSearchParams(given)}`);
}

function tell(name, body) {
  return fetchJson(`/client/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: speaker, ...body }),
  });
}

async function fetchJson(address, init) {
  let answer;
  try {
    answer = await fetch(address, init);
  } catch {
    throw new Unreachable("The local workspace does not answer. Check that it is still running, then try again.");
  }
  const body = await answer.json().catch(() => null);
  if (body === null) {
    throw new Unreachable(`The local workspace answered with an error (${answer.status}). Try again.`);
  }
  return body;
}
