// An input with its label, hint and error.
import { Element } from "../elements/index.js";
import { classes, html, useId } from "../lib.js";
import { useSurface } from "../surface.js";
import { Text } from "../text.js";

const GROUPS = ["radio_buttons", "checkboxes", "file_input"];

export function Input({ block }) {
  const { errors = {} } = useSurface();
  const id = useId();
  const error = errors[block.block_id];
  const described = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ") || undefined;
  const grouped = GROUPS.includes(block.element?.type);
  const about = { class: "label", id: `${id}-label` };
  const label = [
    html`<${Text} object=${block.label} />`,
    block.optional && html`<span class="optional">${" "}(optional)</span>`,
  ];
  return html`<div class=${classes("input-block", error && "invalid")} data-input-block=${block.block_id}>
    ${grouped ? html`<div ...${about}>${label}</div>` : html`<label ...${about} for=${id}>${label}</label>`}
    <${Element}
      block=${block}
      element=${block.element}
      id=${id}
      labelledby=${about.id}
      describedby=${described}
      invalid=${Boolean(error)}
      required=${!block.optional}
    />
    ${error && html`<p class="field-error" id=${`${id}-error`}>${error}</p>`}
    ${block.hint && html`<p class="hint" id=${`${id}-hint`}><${Text} object=${block.hint} /></p>`}
  </div>`;
}
