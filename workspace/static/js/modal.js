// Modals: a stack of views in one dialog. The browser's modal dialog keeps the focus inside.
import { closeView, submitView } from "./actions.js";
import { Blocks } from "./blocks/index.js";
import { formFor } from "./form.js";
import { icon } from "./icons.js";
import { classes, html, useEffect, useMemo, useRef, useState } from "./lib.js";
import { useModal } from "./popover.js";
import { store, useWorkspace } from "./state.js";
import { Surface } from "./surface.js";
import { Text, textOf } from "./text.js";
import { check } from "./validation.js";

export function Modals() {
  const views = useWorkspace((state) => state.views);
  if (views.length === 0) return null;
  return html`<${ModalDialog} key=${views[0].root_view_id ?? views[0].id} views=${views} />`;
}

function ModalDialog({ views }) {
  const dialog = useRef();
  const view = views.at(-1);
  useModal(dialog);
  const escape = (event) => {
    event.preventDefault();
    closeView(view, views.length === 1);
  };
  return html`<dialog class="modal" ref=${dialog} aria-labelledby="modal-title" onCancel=${escape}>
    <${View} key=${view.id} view=${view} depth=${views.length} />
  </dialog>`;
}

function View({ view, depth }) {
  const [errors, setErrors] = useState({});
  const [refusals, setRefusals] = useState(0); // each one moves the focus to the first field with an error
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);
  const body = useRef();
  const form = formFor(`view:${view.id}`, null);
  const surface = useMemo(() => {
    form.here = store.get().channel;
    form.sync(view.blocks);
    return { kind: "modal", container: { type: "view", view_id: view.id }, form, errors };
  }, [view, errors]);
  useEffect(() => focusFirst(body.current), [view.id]);
  useEffect(() => focusFirstError(body.current, errors), [refusals]);
  useEffect(
    () =>
      form.subscribe((block) =>
        setErrors((now) => (now[block.block_id] ? { ...now, [block.block_id]: undefined } : now)),
      ),
    [form],
  );

  const refuse = (wrong) => {
    setErrors(wrong);
    setRefusals((count) => count + 1);
  };
  async function submit(event) {
    event.preventDefault();
    if (sending.current) return;
    const wrong = check(view.blocks, form);
    setFailure("");
    refuse(wrong);
    if (Object.keys(wrong).length) return;
    sending.current = true;
    setBusy(true);
    const refusal = await submitView(view, form.state());
    sending.current = false;
    setBusy(false);
    if (refusal?.errors) refuse(refusal.errors);
    if (refusal?.message) setFailure(refusal.message);
  }
  const unplaced = Object.entries(errors).filter(
    ([block, sentence]) => sentence && !view.blocks.some((one) => one.type === "input" && one.block_id === block),
  );
  return html`<form class="view" novalidate onSubmit=${submit} aria-busy=${busy ? "true" : undefined}>
    <${ViewHead} view=${view} depth=${depth} />
    <div class="view-body" ref=${body}>
      <${Surface.Provider} value=${surface}><${Blocks} blocks=${view.blocks} /><//>
    </div>
    <div class="view-error" role="alert">
      ${failure}${unplaced.map(([, message]) => html`<span>${message}</span>`)}
    </div>
    <${ViewFoot} view=${view} busy=${busy} />
  </form>`;
}

function ViewHead({ view, depth }) {
  return html`<header class="view-head">
    ${
      depth > 1 &&
      html`<button type="button" class="icon-button" aria-label="Back" onClick=${() => closeView(view, false)}>
        ${icon("left")}
      </button>`
    }
    <h2 id="modal-title"><${Text} object=${view.title} /></h2>
    <button type="button" class="icon-button" aria-label="Close" onClick=${() => closeView(view, true)}>
      ${icon("close")}
    </button>
  </header>`;
}

function ViewFoot({ view, busy }) {
  const sends = view.submit || view.blocks.some((block) => block.type === "input");
  return html`<footer class="view-foot">
    <button type="button" class="button" onClick=${() => closeView(view, false)}>
      ${textOf(view.close) || (sends ? "Cancel" : "Close")}
    </button>
    ${
      sends &&
      html`<button
        type="submit"
        class=${classes("button", "primary")}
        disabled=${view.submit_disabled}
        aria-disabled=${busy ? "true" : undefined}
      >
        ${textOf(view.submit) || "Submit"} ${busy && html`<span class="spin" aria-hidden="true"></span>`}
        ${busy && html`<span class="hidden">, submitting</span>`}
      </button>`
    }
  </footer>`;
}

const FIELDS = "input:not([type=file]), textarea, select";

function focusFirst(body) {
  const field = body.querySelector("[data-autofocus]") ?? body.querySelector(FIELDS);
  // Without a field, focus the footer. Focusing a button in the body could scroll the beginning out of view.
  (field ?? body.closest("dialog").querySelector(".view-foot button:last-child"))?.focus();
}

function focusFirstError(body, errors) {
  const first = [...body.querySelectorAll("[data-input-block]")].find((block) => errors[block.dataset.inputBlock]);
  const field = first?.querySelector("[aria-invalid=true]");
  (field?.matches("[role=group], [role=radiogroup]") ? field.querySelector("input, button") : field)?.focus();
}
