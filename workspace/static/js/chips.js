// Mentions of people, channels and groups.
import { openChannel } from "./actions.js";
import { classes, html } from "./lib.js";
import { personName, useWorkspace } from "./state.js";

export function Chip({ kind, id, label }) {
  if (kind === "user") return html`<${UserChip} id=${id} label=${label} />`;
  if (kind === "channel") return html`<${ChannelChip} id=${id} label=${label} />`;
  const text = kind === "broadcast" ? `@${id}` : `@${(label ?? id).replace(/^@/, "")}`;
  return html`<span class=${classes("chip", kind === "broadcast" && "to-me")}>${text}</span>`;
}

function UserChip({ id, label }) {
  const user = useWorkspace((state) => state.users[id]);
  const mine = useWorkspace((state) => state.me?.id === id);
  const name = user ? personName(user) : (label ?? id);
  return html`<span class=${classes("chip", mine && "to-me")} title=${user?.title}>@${name.replace(/^@/, "")}</span>`;
}

function ChannelChip({ id, label }) {
  const channel = useWorkspace((state) => state.channels[id]);
  if (!channel) return html`<span class="chip">#${label ?? "private-channel"}</span>`;
  return html`<button type="button" class="chip" onClick=${() => openChannel(id)}>#${channel.name}</button>`;
}
