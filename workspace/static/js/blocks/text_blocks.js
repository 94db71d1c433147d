// Section, header, context and divider.
import { Element } from "../elements/index.js";
import { Picture } from "../elements/picture.js";
import { classes, html } from "../lib.js";
import { Text, textOf } from "../text.js";

export function Section({ block }) {
  const about = textOf(block.text) || textOf(block.fields?.[0]);
  return html`<div class=${classes("section", block.accessory && "with-accessory")}>
    <div class="section-main">
      ${block.text && html`<div class="section-text"><${Text} object=${block.text} /></div>`}
      ${block.fields && html`<${Fields} fields=${block.fields} />`}
    </div>
    ${
      block.accessory &&
      html`<div class="accessory"><${Element} block=${block} element=${block.accessory} name=${about} /></div>`
    }
  </div>`;
}

function Fields({ fields }) {
  return html`<div class="fields">
    ${fields.map((field) => html`<div class="field"><${Text} object=${field} /></div>`)}
  </div>`;
}

export function Header({ block }) {
  return html`<h2 class="header-block"><${Text} object=${block.text} /></h2>`;
}

export function Divider() {
  return html`<hr />`;
}

export function Context({ block }) {
  return html`<div class="context">
    ${(block.elements ?? []).map((element) =>
      element.type === "image"
        ? html`<${Picture} image=${element} className="context-image" />`
        : html`<span class="context-text"><${Text} object=${element} /></span>`,
    )}
  </div>`;
}
