// The app's status, such as "PMO Assistant is thinking…".
import { stopSession } from "./actions.js";
import { html } from "./lib.js";
import { useWorkspace } from "./state.js";

export function Status({ at }) {
  const status = useWorkspace((state) => state.statuses[at]);
  const [channel, thread_ts] = at.split(":");
  const app = useWorkspace((state) => state.app);
  return html`<div class="status" role="status" aria-live="polite">
    ${
      status &&
      html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>
        <span>${app?.name} ${status.status}</span>`
    }
    ${
      status?.stoppable &&
      html`<button type="button" class="link-button" onClick=${() => stopSession(channel, thread_ts)}>Stop</button>`
    }
  </div>`;
}
