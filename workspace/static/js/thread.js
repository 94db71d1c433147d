// The pane on the right: one thread.
import { closeThread } from "./actions.js";
import { Composer } from "./composer.js";
import { icon } from "./icons.js";
import { html } from "./lib.js";
import { MessageList } from "./message_list.js";
import { Prompts } from "./prompts.js";
import { channelLabel, threadKey, useWorkspace } from "./state.js";
import { Status } from "./status.js";

export function ThreadPane({ channel, ts }) {
  const key = threadKey(channel, ts);
  const thread = useWorkspace((state) => state.threads[key]) ?? { messages: [], loading: true };
  const label = useWorkspace((state) => channelLabel(state, state.channels[channel]));
  const root = thread.messages.find((message) => message.ts === ts);
  const alsoIn = useWorkspace((state) => (state.channels[channel]?.is_app ? "" : channelLabel(state, state.channels[channel])));
  const keys = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) closeThread();
  };
  return html`<aside class="thread" aria-label="Thread" onKeyDown=${keys}>
    <header class="main-head">
      <div class="main-title">
        <h2>Thread</h2>
        <p class="topic">${root?.assistant_thread_title || label}</p>
      </div>
      <button type="button" class="icon-button" aria-label="Close thread" onClick=${closeThread}>
        ${icon("close")}
      </button>
    </header>
    <${MessageList}
      key=${key}
      channel=${channel}
      messages=${thread.messages}
      loading=${thread.loading}
      hasMore=${false}
      place="thread"
      label="Messages in this thread"
      head=${null}
      foot=${[
        html`<${Prompts} key="prompts" at=${key} channel=${channel} thread_ts=${ts} />`,
        html`<${Status} key="status" at=${key} />`,
      ]}
    />
    <${Composer} key=${`composer-${key}`} channel=${channel} thread_ts=${ts} label="Reply to thread" alsoIn=${alsoIn} />
  </aside>`;
}
