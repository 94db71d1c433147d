// "Are you sure?": the confirmation dialog of an element.
import { answerConfirm } from "./actions.js";
import { classes, html, useRef } from "./lib.js";
import { useModal } from "./popover.js";
import { useWorkspace } from "./state.js";
import { Text, textOf } from "./text.js";

export function Confirm() {
  const confirming = useWorkspace((state) => state.confirming);
  return confirming && html`<${ConfirmDialog} confirm=${confirming.confirm} />`;
}

function ConfirmDialog({ confirm }) {
  const dialog = useRef();
  useModal(dialog);
  return html`<dialog
    class="modal confirm"
    role="alertdialog"
    ref=${dialog}
    aria-labelledby="confirm-title"
    aria-describedby="confirm-text"
    onCancel=${(event) => {
      event.preventDefault();
      answerConfirm(false);
    }}
  >
    <div class="view">
      <header class="view-head"><h2 id="confirm-title">${textOf(confirm.title) || "Are you sure?"}</h2></header>
      <div class="view-body" id="confirm-text"><${Text} object=${confirm.text} /></div>
      <footer class="view-foot">
        <button type="button" class="button" onClick=${() => answerConfirm(false)}>
          ${textOf(confirm.deny) || "Cancel"}
        </button>
        <button
          type="button"
          class=${classes("button", confirm.style === "danger" ? "danger solid" : "primary")}
          onClick=${() => answerConfirm(true)}
        >
          ${textOf(confirm.confirm) || "OK"}
        </button>
      </footer>
    </div>
  </dialog>`;
}
