// The page.
import { openChannel, signIn } from "./actions.js";
import { AppView } from "./app_view.js";
import { ChannelView } from "./channel.js";
import { Confirm } from "./confirm.js";
import { loadEmoji } from "./emoji.js";
import { classes, html, render, useEffect } from "./lib.js";
import { Modals } from "./modal.js";
import { markRead } from "./reading.js";
import { Sidebar } from "./sidebar.js";
import { channelLabel, store, useWorkspace } from "./state.js";
import { applyTheme } from "./theme.js";
import { ThreadPane } from "./thread.js";
import { Offline, Toasts } from "./toasts.js";

function Page() {
  const phase = useWorkspace((state) => state.phase);
  const failure = useWorkspace((state) => state.failure);
  if (phase === "starting") return html`<p class="starting" role="status">Opening the workspace…</p>`;
  if (phase === "failed")
    return html`<main class="starting" role="alert">
      <p>${failure}</p>
      <button type="button" class="button primary" onClick=${() => location.reload()}>Try again</button>
    </main>`;
  return html`<${Workspace} />`;
}

function Workspace() {
  const channel = useWorkspace((state) => state.channels[state.channel]);
  const thread = useWorkspace((state) => state.thread);
  const sidebarOpen = useWorkspace((state) => state.sidebarOpen);
  const title = useWorkspace(
    (state) => `${channelLabel(state, state.channels[state.channel])} · ${state.team?.name ?? "Workspace"}`,
  );
  useEffect(() => {
    document.title = title;
  }, [title]);
  const View = channel?.is_app ? AppView : ChannelView;
  return html`<div class=${classes("workspace", thread && "with-thread")}>
    <${Offline} />
    <${Sidebar} />
    ${sidebarOpen && html`<div class="veil" onClick=${() => store.set({ sidebarOpen: false })}></div>`}
    ${channel ? html`<${View} key=${channel.id} id=${channel.id} />` : html`<main class="main"></main>`}
    ${thread && channel && html`<${ThreadPane} key=${thread} channel=${channel.id} ts=${thread} />`}
    <${Modals} /><${Confirm} /><${Toasts} />
  </div>`;
}

// The browser's back and forward buttons move between the channels that were open.
window.addEventListener("hashchange", () => {
  const channel = location.hash.slice(1);
  if (channel !== store.get().channel) openChannel(channel);
});

document.addEventListener("visibilitychange", () => markRead(store.get().channel));

applyTheme();
await loadEmoji();
render(html`<${Page} />`, document.getElementById("page"));
await signIn(new URL(location.href).searchParams.get("user"), location.hash.slice(1));
