// A titled group of blocks that can be collapsible.
import { Picture } from "../elements/picture.js";
import { icon } from "../icons.js";
import { classes, html, useId, useState } from "../lib.js";
import { Text } from "../text.js";
import { RichText } from "./rich_text.js";

const WIDTHS = ["narrow", "standard", "wide", "full"];

export function Container({ block, Blocks }) {
  const [open, setOpen] = useState(!(block.is_collapsible && block.default_collapsed));
  const id = useId();
  const width = WIDTHS.includes(block.width) ? block.width : "standard";
  const rich = block.rich_text_title;
  const head = html`${block.icon && html`<${Picture} image=${block.icon} className="card-icon" />`}
    <span class="container-titles">
      <span class="container-title" id=${id}
        >${rich ? html`<${RichText} block=${rich} />` : html`<${Text} object=${block.title} />`}</span
      >
      ${block.subtitle && html`<span class="container-subtitle"><${Text} object=${block.subtitle} /></span>`}
    </span>`;
  return html`<section class=${`container width-${width}`} aria-labelledby=${id}>
    ${
      block.is_collapsible
        ? html`<button
            type="button"
            class="container-head"
            aria-expanded=${String(open)}
            onClick=${() => setOpen(!open)}
          >
            ${head}<span class=${classes("fold", open && "open")}>${icon("down")}</span>
          </button>`
        : html`<div class=${classes("container-head", block.has_header_divider && "divided")}>${head}</div>`
    }
    <div class="container-body" hidden=${!open}><${Blocks} blocks=${block.child_blocks} /></div>
  </section>`;
}
