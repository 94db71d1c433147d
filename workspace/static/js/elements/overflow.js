import { icon } from "../icons.js";
import { html, useRef, useState } from "../lib.js";
import { safeAddress } from "../mrkdwn.js";
import { Menu } from "../popover.js";
import { useDispatch } from "../surface.js";
import { Text, textOf } from "../text.js";

export function Overflow({ block, element, name }) {
  const [open, setOpen] = useState(false);
  const [busy, dispatch] = useDispatch(block, element);
  const anchor = useRef();
  const pick = (option) => {
    const address = safeAddress(option.url);
    if (address) window.open(address, "_blank", "noopener,noreferrer");
    dispatch({ selected_option: option });
  };
  const items = (element.options ?? []).map((option) => ({
    key: option.value ?? textOf(option.text),
    content: html`<${Text} object=${option.text} />`,
    detail: option.description && html`<${Text} object=${option.description} />`,
    onPick: () => pick(option),
  }));
  return html`<button type="button" class="button overflow" ref=${anchor} aria-haspopup="menu" aria-expanded=${String(open)} aria-busy=${busy ? "true" : undefined}
      aria-label=${name ? `More actions: ${name.slice(0, 80)}` : "More actions"} onClick=${() => setOpen(!open)}>${icon("more")}</button>
    ${open && html`<${Menu} anchor=${anchor} items=${items} label="More actions" onClose=${() => setOpen(false)} />`}`;
}
