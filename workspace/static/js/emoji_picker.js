import { EVERYDAY, emoji, findEmoji } from "./emoji.js";
import { icon } from "./icons.js";
import { html, useEffect, useRef, useState } from "./lib.js";
import { useAnchored, useDismissal } from "./popover.js";

const COLUMNS = 8;

/** A small picker: common emoji, or those whose name contains the search text. */
function EmojiPicker({ anchor, onPick, onClose, end }) {
  const [query, setQuery] = useState("");
  const layer = useRef();
  const search = useRef();
  useAnchored(anchor, layer, true, { end });
  const close = (keyboard) => {
    onClose();
    if (keyboard) anchor.current?.focus();
  };
  useDismissal(true, close, layer, anchor);
  useEffect(() => search.current?.focus(), []);
  const wanted = query.trim().toLowerCase().replaceAll(" ", "_");
  const shown = wanted
    ? findEmoji(wanted, 40)
    : EVERYDAY.map((name) => [name, emoji(name)]).filter(([, picture]) => picture);
  const pick = (name) => {
    close(true);
    onPick(name);
  };
  const keys = (event) => {
    const all = [...layer.current.querySelectorAll(".emoji-choice")];
    const at = all.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    const typing = document.activeElement === search.current;
    if (event.key === "Enter" && typing && shown.length) {
      event.preventDefault();
      pick(shown[0][0]);
    } else if (step && !(typing && event.key !== "ArrowDown")) {
      event.preventDefault();
      (all[typing ? 0 : at + step] ?? search.current).focus();
    }
  };
  return html`<div class="emoji-picker" role="dialog" aria-label="Choose an emoji" ref=${layer} onKeyDown=${keys}>
    <input
      type="search"
      class="entry small"
      ref=${search}
      aria-label="Search emoji"
      placeholder="Search emoji"
      value=${query}
      onInput=${(event) => setQuery(event.target.value)}
    />
    <div class="emoji-grid">
      ${shown.map(([name, picture]) => html`<${Choice} key=${name} name=${name} picture=${picture} onPick=${pick} />`)}
    </div>
    ${shown.length === 0 && html`<p class="menu-empty">No emoji found</p>`}
  </div>`;
}

function Choice({ name, picture, onPick }) {
  const label = name.replaceAll("_", " ");
  return html`<button
    type="button"
    class="emoji-choice"
    aria-label=${label}
    title=${`:${name}:`}
    onClick=${() => onPick(name)}
  >
    ${picture}
  </button>`;
}

/** A button that opens the picker. */
export function EmojiButton({ className, label, end = false, onPick }) {
  const [open, setOpen] = useState(false);
  const anchor = useRef();
  const close = () => setOpen(false);
  return html`<button
      type="button"
      class=${className}
      ref=${anchor}
      aria-label=${label}
      title=${label}
      aria-haspopup="dialog"
      aria-expanded=${String(open)}
      onClick=${() => setOpen(!open)}
    >
      ${icon("smile")}
    </button>
    ${open && html`<${EmojiPicker} anchor=${anchor} end=${end} onClose=${close} onPick=${onPick} />`}`;
}
