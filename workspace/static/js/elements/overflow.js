import { icon } from "../icons.js";
import { html } from "../lib.js";
import { safeAddress } from "../mrkdwn.js";
import { MenuButton } from "../popover.js";
import { useDispatch } from "../surface.js";
import { Text, textOf } from "../text.js";

export function Overflow({ block, element, name }) {
  const [busy, dispatch] = useDispatch(block, element);
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
  const label = name ? `More actions: ${name.slice(0, 80)}` : "More actions";
  return html`<${MenuButton} className="button overflow" label=${label} menu="More actions" items=${items} busy=${busy}>
    ${icon("more")}
  <//>`;
}
