// Rows of elements: actions and context actions.
import { Element } from "../elements/index.js";
import { html } from "../lib.js";

export function Actions({ block }) {
  return html`<div class="actions">
    ${(block.elements ?? []).map(
      (element, at) => html`<${Element} key=${element.action_id ?? at} block=${block} element=${element} />`,
    )}
  </div>`;
}

export function ContextActions({ block }) {
  return html`<div class="context-actions"><${Actions} block=${block} /></div>`;
}
