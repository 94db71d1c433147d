// The app's suggested prompts. Choosing one sends it.
import { send } from "./actions.js";
import { html } from "./lib.js";
import { useWorkspace } from "./state.js";

export function Prompts({ at, channel, thread_ts }) {
  const given = useWorkspace((state) => state.prompts[at]);
  if (!given?.prompts?.length) return null;
  return html`<div class="prompts" role="group" aria-label=${given.title || "Suggested prompts"}>
    ${given.title && html`<p class="prompts-title">${given.title}</p>`}
    ${given.prompts.map(
      ({ title, message }) =>
        html`<button type="button" class="prompt" key=${title} onClick=${() => send(channel, message, thread_ts)}>
          ${title}
        </button>`,
    )}
  </div>`;
}
