// Short notices, and the bar that is shown while the connection is lost.
import { retryNow } from "./actions.js";
import { icon } from "./icons.js";
import { html, useLayoutEffect, useRef } from "./lib.js";
import { dismiss } from "./notices.js";
import { useWorkspace } from "./state.js";

export function Toasts() {
  const toasts = useWorkspace((state) => state.toasts);
  const layer = useRef();
  // The layer is reopened on every change, so that notices appear above a dialog that was opened meanwhile.
  useLayoutEffect(() => {
    const element = layer.current;
    element.setAttribute("popover", "manual");
    if (element.matches(":popover-open")) element.hidePopover();
    if (toasts.length) element.showPopover();
  }, [toasts]);
  return html`<div class="toasts" ref=${layer}>
    ${toasts.map(
      (one) =>
        html`<div class=${`toast toast-${one.kind}`} key=${one.id} role=${one.kind === "error" ? "alert" : "status"}>
          ${icon(one.kind === "error" ? "warning" : "info")}<span>${one.message}</span>
          <button type="button" class="icon-button" aria-label="Dismiss" onClick=${() => dismiss(one.id)}>
            ${icon("close")}
          </button>
        </div>`,
    )}
  </div>`;
}

export function Offline() {
  const online = useWorkspace((state) => state.online);
  return html`<div class="offline" role="status">
    ${
      !online &&
      html`<p>
        Connection lost. Reconnecting…${" "}
        <button type="button" class="link-button" onClick=${retryNow}>Try now</button>
      </p>`
    }
  </div>`;
}
