// The tasks an agent is working on.
import { icon } from "../icons.js";
import { html } from "../lib.js";
import { safeAddress } from "../mrkdwn.js";
import { Link, Plain, textOf } from "../text.js";
import { RichText } from "./rich_text.js";

const STATUS = {
  pending: { label: "Waiting", icon: "circle" },
  in_progress: { label: "In progress", icon: "spinner" },
  complete: { label: "Done", icon: "check" },
  error: { label: "Failed", icon: "warning" },
};

export function Plan({ block }) {
  return html`<section class="plan" aria-label=${textOf(block.title)}>
    <div class="plan-title"><${Plain} text=${textOf(block.title)} /></div>
    <ol class="plan-tasks">
      ${(block.tasks ?? []).map((task) => html`<li><${TaskCard} block=${task} /></li>`)}
    </ol>
  </section>`;
}

export function TaskCard({ block }) {
  const status = STATUS[block.status] ?? STATUS.pending;
  const more = block.details || block.output || block.sources?.length;
  const title = html`<span class=${`task-icon task-${block.status}`} role="img" aria-label=${status.label}
      >${icon(status.icon)}</span
    >
    <span class="task-title"><${Plain} text=${textOf(block.title)} /></span>`;
  if (!more) return html`<div class="task"><div class="task-head">${title}</div></div>`;
  return html`<details class="task" open=${block.status === "in_progress" || block.status === "error"}>
    <summary class="task-head">${title}</summary>
    <div class="task-more">
      ${block.details && html`<${RichText} block=${block.details} />`}
      ${block.output && html`<${RichText} block=${block.output} />`}
      ${block.sources?.length > 0 && html`<${Sources} sources=${block.sources} />`}
    </div>
  </details>`;
}

function Sources({ sources }) {
  return html`<ul class="sources" aria-label="Sources">
    ${sources.map((source) => {
      const address = safeAddress(source.url);
      return html`<li>${address ? html`<${Link} address=${address}>${source.text || address}<//>` : source.text}</li>`;
    })}
  </ul>`;
}
