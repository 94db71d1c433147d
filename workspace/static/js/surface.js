// The surface on which blocks are drawn: a message or a view. Elements read their values and send actions through it.
import { interact } from "./actions.js";
import { createContext, useContext, useLayoutEffect, useReducer, useRef, useState } from "./lib.js";

/**
 * `{kind: "message" | "modal" | "home", container, form, errors}`; `container` is
 * `{type: "message", channel, ts[, thread_ts]}` or `{type: "view", view_id}`.
 */
export const Surface = createContext(null);
export const useSurface = () => useContext(Surface);

/** The value of an element and its setter: `[record, set]`. */
export function useField(block, element) {
  const { form } = useSurface();
  const [, redraw] = useReducer((count) => count + 1, 0);
  useLayoutEffect(() => form.subscribe(redraw), [form]);
  return [form.get(block, element), (fields) => form.set(block, element, fields)];
}

/**
 * Sends clicks and selections to the app: `[busy, dispatch(fields)]`. `dispatch` resolves to whether it was sent.
 *
 * With `once`, a click is ignored while the previous one is in progress. Without it every selection is sent, so that
 * the last one counts.
 */
export function useDispatch(block, element, { once = true } = {}) {
  const surface = useSurface();
  const under = useRef(0);
  const [busy, setBusy] = useState(false);
  async function dispatch(fields) {
    if (once && under.current) return false;
    under.current += 1;
    setBusy(true);
    const action = { type: element.type, block_id: block.block_id, action_id: element.action_id, ...fields };
    const sent = await interact(surface.container, action, surface.form.state(), element.confirm);
    under.current -= 1;
    setBusy(under.current > 0);
    return sent;
  }
  return [busy, dispatch];
}

/**
 * A selection. It is stored in the form. Outside input blocks, or with `dispatch_action`, it is also sent to the app.
 * If the person doesn't confirm it, the form keeps its old value.
 */
export function useChoice(block, element) {
  const [record, set] = useField(block, element);
  const [busy, dispatch] = useDispatch(block, element, { once: false });
  const dispatches = block.type !== "input" || block.dispatch_action === true;
  async function choose(fields) {
    const { type, ...before } = record;
    set(fields);
    if (dispatches && !(await dispatch(fields)) && element.confirm) set(before);
  }
  return [record, choose, busy];
}
