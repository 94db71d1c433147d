// The main pane: one channel or direct message.
import { joinChannel, openDirect } from "./actions.js";
import { Composer } from "./composer.js";
import { icon } from "./icons.js";
import { html } from "./lib.js";
import { MessageList } from "./message_list.js";
import { MenuButton } from "./popover.js";
import { channelLabel, channelTitle, personDetail, personName, store, threadKey, useWorkspace } from "./state.js";
import { Status } from "./status.js";
import { Plain } from "./text.js";

export function ChannelView({ id }) {
  const channel = useWorkspace((state) => state.channels[id]);
  const title = useWorkspace((state) => channelTitle(state, channel));
  const label = useWorkspace((state) => channelLabel(state, channel));
  return html`<main class="main" aria-label=${label}>
    <${Head} channel=${channel} title=${title} />
    <${Log}
      key=${id}
      id=${id}
      label=${`Messages in ${label}`}
      head=${html`<${Beginning} channel=${channel} label=${label} />`}
    />
    ${
      channel.is_archived
        ? html`<footer class="outside-bar"><p>This channel is archived. Nobody can post in it.</p></footer>`
        : channel.is_member
          ? html`<${Composer} key=${`composer-${id}`} channel=${id} label=${`Message ${label}`} />`
          : html`<${Outside} id=${id} label=${label} />`
    }
  </main>`;
}

// People can read a public channel without joining, but must join to post.
function Outside({ id, label }) {
  return html`<footer class="outside-bar">
    <p>You're viewing <strong>${label}</strong>. Join to post messages.</p>
    <button type="button" class="button primary" onClick=${() => joinChannel(id)}>Join ${label}</button>
  </footer>`;
}

export function SidebarButton() {
  const open = useWorkspace((state) => state.sidebarOpen);
  return html`<button
    type="button"
    class="icon-button sidebar-button"
    aria-label="Channel list"
    aria-expanded=${String(open)}
    onClick=${() => store.set({ sidebarOpen: !open })}
  >
    ${icon("menu")}
  </button>`;
}

function Head({ channel, title }) {
  const direct = channel.is_im || channel.is_mpim;
  const other = useWorkspace((state) => state.users[channel.user]);
  return html`<header class="main-head">
    <${SidebarButton} />
    <div class="main-title">
      <h1>
        ${!direct && icon(channel.is_private ? "lock" : "hash")}
        <span>${title}</span>
        ${channel.is_private && !direct && html`<span class="hidden"> (private channel)</span>`}
        ${channel.is_shared && html`<span class="kind">shared<span class="hidden"> with another organisation</span></span>`}
      </h1>
      <p class="topic"><${Plain} text=${direct ? personDetail(other) : channel.topic} /></p>
    </div>
    ${!channel.is_im && html`<${Members} channel=${channel} />`}
  </header>`;
}

function Members({ channel }) {
  const users = useWorkspace((state) => state.users);
  const me = useWorkspace((state) => state.me);
  const count = channel.members.length;
  const items = channel.members
    .map((id) => users[id])
    .filter(Boolean)
    .sort((one, other) => personName(one).localeCompare(personName(other)))
    .map((user) => ({
      key: user.id,
      content: user.id === me?.id ? `${personName(user)} (you)` : personName(user),
      detail: user.is_bot ? "App" : personDetail(user),
      onPick: () => user.id !== me?.id && openDirect(user.id),
    }));
  const label = count === 1 ? "1 member" : `${count} members`;
  return html`<${MenuButton} className="members" label=${label} title=${label} menu="Members" items=${items}>
    ${icon("people")}<span>${count}</span>
  <//>`;
}

const NONE = { messages: [] };

export function Log({ id, label, head }) {
  const log = useWorkspace((state) => state.logs[id]) ?? NONE;
  return html`<${MessageList}
    channel=${id}
    messages=${log.messages}
    hasMore=${log.hasMore}
    loading=${log.loading}
    unreadFrom=${log.unreadFrom}
    place="channel"
    label=${label}
    head=${log.loaded ? head : html`<p class="older" role="status">Loading messages…</p>`}
    foot=${html`<${Status} key="status" at=${threadKey(id, "")} />`}
  />`;
}

function Beginning({ channel, label }) {
  return html`<div class="beginning">
    <p class="beginning-title">${label}</p>
    <p>
      This is the very beginning of ${channel.is_im || channel.is_mpim ? `your conversation with ${label}` : `the ${label} channel`}.
      ${" "}${channel.topic}
    </p>
  </div>`;
}
