// Layers that open beside another element. They are in the browser's top layer, so that neither a dialog nor a
// scrolling list cuts them off.
import { classes, html, useEffect, useLayoutEffect, useRef, useState } from "./lib.js";

const GAP = 4;

/** Keeps `layer` below `anchor` while it is open, or above it if there is no room below. */
export function useAnchored(anchor, layer, open, { end = false, matchWidth = false } = {}) {
  useLayoutEffect(() => {
    const element = layer.current;
    if (!open || !element || !anchor.current) return undefined;
    element.setAttribute("popover", "manual");
    element.showPopover();
    const place = () => placeLayer(element, anchor.current, end, matchWidth);
    place();
    const watcher = new ResizeObserver(place);
    watcher.observe(element);
    window.addEventListener("scroll", place, true);
    window.addEventListener("resize", place);
    return () => {
      watcher.disconnect();
      window.removeEventListener("scroll", place, true);
      window.removeEventListener("resize", place);
      if (element.isConnected && element.matches(":popover-open")) element.hidePopover();
    };
  }, [open]);
}

function placeLayer(element, anchor, end, matchWidth) {
  const at = anchor.getBoundingClientRect();
  if (matchWidth) element.style.minWidth = `${at.width}px`;
  const { offsetWidth: width, offsetHeight: height } = element;
  const below = at.bottom + GAP + height <= window.innerHeight || at.top < height + GAP;
  const top = below ? at.bottom + GAP : at.top - GAP - height;
  const left = end ? at.right - width : at.left;
  element.style.top = `${Math.max(GAP, Math.min(top, window.innerHeight - height - GAP))}px`;
  element.style.left = `${Math.max(GAP, Math.min(left, window.innerWidth - width - GAP))}px`;
}

/** Calls `close` on Escape and on a click outside. */
export function useDismissal(open, close, ...inside) {
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event) => {
      if (!inside.some((ref) => ref.current?.contains(event.target))) close();
    };
    const escape = (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // keep a surrounding dialog open
      event.stopPropagation();
      close(true);
    };
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("keydown", escape, true);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("keydown", escape, true);
    };
  }, [open]);
}

// Arrow keys move, Enter chooses, Escape returns the focus. Items: `{key, content, detail, onPick}`.
function Menu({ anchor, items, onClose, label, end, empty = "No items" }) {
  const layer = useRef();
  useAnchored(anchor, layer, true, { end });
  const close = (keyboard) => {
    onClose();
    if (keyboard) anchor.current?.focus();
  };
  useDismissal(true, close, layer, anchor);
  useEffect(() => layer.current?.querySelector("[role=menuitem]")?.focus(), []);
  const keys = (event) => {
    const all = [...layer.current.querySelectorAll("[role=menuitem]")];
    const at = all.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (next !== undefined && all.length) {
      event.preventDefault();
      all[next % all.length].focus();
    } else if (event.key === "Tab") close(true);
  };
  return html`<div class="menu" role="menu" aria-label=${label} ref=${layer} onKeyDown=${keys}>
    ${items.map(
      (item, at) =>
        html`<button
          type="button"
          role="menuitem"
          tabindex=${at ? -1 : 0}
          class=${classes("menu-item", item.detail && "detailed")}
          key=${item.key}
          onClick=${() => {
            close(true);
            item.onPick();
          }}
        >
          <span>${item.content}</span>${item.detail && html`<small>${item.detail}</small>`}
        </button>`,
    )}
    ${items.length === 0 && html`<p class="menu-empty">${empty}</p>`}
  </div>`;
}

/** A button with a menu. `busy` while the chosen action is in progress. */
export function MenuButton({ className, label, title, items, menu = label, end = true, empty, busy, children }) {
  const [open, setOpen] = useState(false);
  const anchor = useRef();
  const close = () => setOpen(false);
  return html`<button
      type="button"
      class=${className}
      ref=${anchor}
      aria-label=${label}
      title=${title}
      aria-haspopup="menu"
      aria-expanded=${String(open)}
      aria-busy=${busy ? "true" : undefined}
      onClick=${() => setOpen(!open)}
    >
      ${children}
    </button>
    ${open && html`<${Menu} ...${{ anchor, items, end, empty, label: menu, onClose: close }} />`}`;
}

/** Shows a modal dialog. When it closes, the focus returns to where it was, or to the composer. */
export function useModal(dialog) {
  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element.showModal();
    return () => {
      element.close(); // nothing outside can have the focus while it is open
      const there = before?.isConnected && before !== document.body;
      (there ? before : document.querySelector(".composer textarea"))?.focus();
    };
  }, []);
}
