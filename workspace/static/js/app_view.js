// The app's own conversation, with the tabs Home, Messages and About.
import { openTab } from "./actions.js";
import { Avatar } from "./avatar.js";
import { Blocks } from "./blocks/index.js";
import { Log, SidebarButton } from "./channel.js";
import { Composer } from "./composer.js";
import { formFor } from "./form.js";
import { classes, html, useMemo, useRef } from "./lib.js";
import { Prompts } from "./prompts.js";
import { useWorkspace } from "./state.js";
import { Surface } from "./surface.js";

const TABS = { home: "Home", messages: "Messages", about: "About" };

export function AppView({ id }) {
  const app = useWorkspace((state) => state.app);
  const tab = useWorkspace((state) => state.tab);
  const bot = useWorkspace((state) => state.users[state.app.bot_user_id]);
  const connected = useWorkspace((state) => state.appConnected);
  const names = Object.keys(TABS).filter((name) =>
    name === "home" ? app.home_enabled !== false : name === "messages" ? app.messages_enabled !== false : true,
  );
  return html`<main class="main" aria-label=${app.name}>
    <header class="main-head with-tabs">
      <${SidebarButton} />
      <div class="main-title">
        <h1>
          <${Avatar} size="small" author=${{ name: app.name, color: bot?.color, bot: true }} /><span>${app.name}</span
          ><span class="app-badge">App</span>
        </h1>
        ${!connected && html`<p class="topic warn">Not connected. Start the app to use it.</p>`}
      </div>
    </header>
    <${Tabs} names=${names} tab=${tab} />
    <div class="tab-panel" role="tabpanel" id="app-panel" aria-labelledby=${`tab-${tab}`} key=${tab}>
      ${tab === "home" && html`<${Home} />`} ${tab === "messages" && html`<${Conversation} id=${id} app=${app} />`}
      ${
        tab === "about" &&
        html`<div class="about">
          <h2>${app.name}</h2>
          <p>${app.description}</p>
        </div>`
      }
    </div>
  </main>`;
}

function Tabs({ names, tab }) {
  const row = useRef();
  const keys = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = names[(names.indexOf(tab) + step + names.length) % names.length];
    openTab(next);
    row.current.querySelector(`#tab-${next}`).focus();
  };
  return html`<div class="tabs" role="tablist" aria-label="App tabs" ref=${row} onKeyDown=${keys}>
    ${names.map(
      (name) =>
        html`<button
          type="button"
          role="tab"
          key=${name}
          id=${`tab-${name}`}
          class=${classes("tab", name === tab && "here")}
          aria-selected=${String(name === tab)}
          aria-controls="app-panel"
          tabindex=${name === tab ? 0 : -1}
          onClick=${() => openTab(name)}
        >
          ${TABS[name]}
        </button>`,
    )}
  </div>`;
}

function Home() {
  const view = useWorkspace((state) => state.home);
  const surface = useMemo(() => {
    if (!view) return null;
    const form = formFor(`home:${view.id}`);
    form.sync(view.blocks);
    return { kind: "home", container: { type: "view", view_id: view.id }, form };
  }, [view]);
  if (!view) return html`<div class="home-empty" role="status"><p>The app hasn't published a Home tab yet.</p></div>`;
  return html`<div class="home" tabindex="0" role="region" aria-label="Home">
    <div class="home-inner">
      <${Surface.Provider} value=${surface}><${Blocks} blocks=${view.blocks} /><//>
    </div>
  </div>`;
}

function Conversation({ id, app }) {
  const head = html`<div class="beginning">
    <p class="beginning-title">${app.name}</p>
    <p>${app.description || `This is the beginning of your conversation with ${app.name}.`}</p>
  </div>`;
  return html`<${Log} id=${id} label=${`Messages with ${app.name}`} head=${head} />
    <${Prompts} at=${id} channel=${id} />
    <${Composer} channel=${id} label=${`Message ${app.name}`} />`;
}
