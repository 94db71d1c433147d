// The middle: one channel or direct message.
import { Composer } from "./composer.js";
import { icon } from "./icons.js";
import { html } from "./lib.js";
import { MessageList } from "./message_list.js";
import { channelLabel, channelTitle, store, threadKey, useWorkspace } from "./state.js";
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
    <${Composer} key=${`composer-${id}`} channel=${id} label=${`Message ${label}`} />
  </main>`;
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
  const direct = channel.is_im;
  const other = useWorkspace((state) => state.users[channel.user]);
  return html`<header class="main-head">
    <${SidebarButton} />
    <div class="main-title">
      <h2>
        ${!direct && icon(channel.is_private ? "lock" : "hash")}
        <span>${title}</span>
        ${channel.is_private && !direct && html`<span class="hidden"> (private channel)</span>`}
      </h2>
      <p class="topic"><${Plain} text=${direct ? other?.title : channel.topic} /></p>
    </div>
    ${
      !direct &&
      channel.members_count > 0 &&
      html`<span class="members" title=${`${channel.members_count} members`}
        >${icon("people")}<span>${channel.members_count}<span class="hidden"> members</span></span></span
      >`
    }
  </header>`;
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
    head=${log.loaded ? head : html`<p class="older" role="status">Reading messages…</p>`}
    foot=${html`<${Status} key="status" at=${threadKey(id, "")} />`}
  />`;
}

function Beginning({ channel, label }) {
  return html`<div class="beginning">
    <p class="beginning-title">${label}</p>
    <p>
      This is the very beginning of ${channel.is_im ? `your conversation with ${label}` : `the ${label} channel`}.
      ${" "}${channel.topic}
    </p>
  </div>`;
}
