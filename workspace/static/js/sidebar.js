// The sidebar: the team, the signed-in person, and the channels and conversations.
import { openChannel, openDirect, signIn } from "./actions.js";
import { Avatar } from "./avatar.js";
import { icon } from "./icons.js";
import { classes, html, useState } from "./lib.js";
import { MenuButton } from "./popover.js";
import { channelTitle, personDetail, personName, store, useWorkspace } from "./state.js";
import { toggleTheme, useTheme } from "./theme.js";

export function Rail() {
  const team = useWorkspace((state) => state.team);
  const me = useWorkspace((state) => state.me);
  const dark = useTheme() === "dark";
  return html`<div class="rail">
    <span class="team-tile" aria-hidden="true">${(team?.name ?? "W").slice(0, 1).toUpperCase()}</span>
    <div class="rail-end">
      <button
        type="button"
        class="rail-button"
        aria-label=${dark ? "Switch to the light theme" : "Switch to the dark theme"}
        title=${dark ? "Light theme" : "Dark theme"}
        onClick=${toggleTheme}
      >
        ${icon(dark ? "sun" : "moon")}
      </button>
      <${Avatar} author=${{ name: personName(me), color: me?.color }} />
    </div>
  </div>`;
}

export function Sidebar() {
  const team = useWorkspace((state) => state.team);
  const open = useWorkspace((state) => state.sidebarOpen);
  return html`<div class=${classes("side", open && "open")}>
    <${Rail} />
    <aside class="sidebar" aria-label="Workspace">
      <header class="sidebar-head"><h2>${team?.name ?? "Workspace"}</h2></header>
      <${SignedInAs} />
      <nav class="places" aria-label="Channels and conversations"><${Places} /></nav>
    </aside>
  </div>`;
}

function SignedInAs() {
  const me = useWorkspace((state) => state.me);
  const users = useWorkspace((state) => state.users);
  const people = useWorkspace((state) => state.people);
  const label = (user) => [personName(user), personDetail(user)].filter(Boolean).join(" — ");
  const change = (event) => signIn(event.target.value, store.get().channel);
  return html`<div class="signed-in">
    <label for="signed-in-as">Signed in as</label>
    <select id="signed-in-as" value=${me?.id} onChange=${change}>
      ${people
        .map((id) => users[id])
        .filter((user) => !user.is_self_app)
        .map(
          (user) =>
            html`<option key=${user.id} value=${user.id} selected=${user.id === me?.id}>${label(user)}</option>`,
        )}
    </select>
  </div>`;
}

function Places() {
  const channels = useWorkspace((state) => state.channels);
  const order = useWorkspace((state) => state.channelOrder);
  const all = order.map((id) => channels[id]).filter(Boolean);
  const rooms = all
    .filter((channel) => !channel.is_im && !channel.is_mpim && !channel.is_app)
    .sort((one, other) => one.name.localeCompare(other.name));
  return html` <${Group} title="Channels" channels=${rooms} />
    <${Group} title="Direct messages" channels=${all.filter((channel) => (channel.is_im || channel.is_mpim) && !channel.is_app)}
      ><${NewDirect}
    /><//>
    <${Group} title="Apps" channels=${all.filter((channel) => channel.is_app)} />`;
}

function Group({ title, channels, children }) {
  const [open, setOpen] = useState(true);
  const shown = channels.filter((channel) => open || channel.unread);
  const id = `group-${title.toLowerCase().replaceAll(" ", "-")}`;
  return html`<section class="group">
    <h3>
      <button
        type="button"
        class="group-head"
        aria-expanded=${String(open)}
        aria-controls=${id}
        onClick=${() => setOpen(!open)}
      >
        <span class=${classes("fold", open && "open")}>${icon("down")}</span>${title}
      </button>
    </h3>
    <ul id=${id}>
      ${shown.map((channel) => html`<li key=${channel.id}><${Place} channel=${channel} /></li>`)}
      ${open && children && html`<li>${children}</li>`}
    </ul>
  </section>`;
}

function Place({ channel }) {
  const here = useWorkspace((state) => state.channel === channel.id);
  const title = useWorkspace((state) => channelTitle(state, channel));
  const unread = channel.unread ?? 0;
  const name = [
    title,
    channel.is_private && !channel.is_im && !channel.is_mpim && "private channel",
    channel.is_shared && "shared with another organisation",
    channel.is_archived && "archived",
    unread > 0 && `${unread} unread`,
  ];
  return html`<button
    type="button"
    class=${classes("place", here && "here", unread && "unread", (channel.is_member === false || channel.is_archived) && "outside")}
    aria-current=${here ? "page" : undefined}
    aria-label=${name.filter(Boolean).join(", ")}
    onClick=${() => openChannel(channel.id)}
  >
    <${PlaceMark} channel=${channel} /><span class="place-name">${title}</span>
    ${unread > 0 && html`<span class="badge">${unread > 99 ? "99+" : unread}</span>`}
  </button>`;
}

function PlaceMark({ channel }) {
  const other = useWorkspace((state) => state.users[channel.user]);
  const bot = useWorkspace((state) => state.users[state.app?.bot_user_id]);
  const app = useWorkspace((state) => state.app);
  const connected = useWorkspace((state) => state.appConnected);
  if (channel.is_app) {
    return html`<span class="place-avatar"
      ><${Avatar} author=${{ name: app?.name, color: bot?.color, bot: true }} size="tiny" /><span
        class=${classes("presence", connected && "on")}
      ></span
    ></span>`;
  }
  if (channel.is_im) return html`<${Avatar} author=${{ name: personName(other), color: other?.color }} size="tiny" />`;
  return icon(channel.is_mpim ? "people" : channel.is_private ? "lock" : "hash");
}

function NewDirect() {
  const users = useWorkspace((state) => state.users);
  const people = useWorkspace((state) => state.people);
  const me = useWorkspace((state) => state.me);
  const open = (user) => () => openDirect(user.id);
  const items = people
    .map((id) => users[id])
    .filter((user) => !user.is_bot && user.id !== me?.id)
    .map((user) => ({ key: user.id, content: personName(user), detail: personDetail(user), onPick: open(user) }));
  return html`<${MenuButton} className="place quiet" menu="People" items=${items} end=${false}>
    <span class="plus">${icon("plus")}</span><span class="place-name">New message</span>
  <//>`;
}
