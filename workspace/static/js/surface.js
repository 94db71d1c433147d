// Where blocks are drawn: a message or a view. Elements find here what they hold and how to tell the app.
import { interact } from "./actions.js";
import { createContext, useContext, useLayoutEffect, useReducer, useRef, useState } from "./lib.js";

/**
 * `{kind: "message" | "modal" | "home", container, form, errors}`; container as the contract names it:
 * `{type: "message", channel, ts[, thread_ts]}` or `{type: "view", view_id}`.
 */
export const Surface = createContext(null);
export const useSurface = () => useContext(Surface);

/** What one element holds, and how to change it: `[record, set]`. */
export function useField(block, element) {
  const { form } = useSurface();
  const [, redraw] = useReducer((count) => count + 1, 0);
  useLayoutEffect(() => form.subscribe(redraw), [form]);
  return [form.get(block, element), (fields) => form.set(block, element, fields)];
}

/**
 * Tells the app of a press or a choice: `[busy, dispatch(fields)]`; dispatch answers whether it was sent. A press
 * (`once`) is not sent again while the first is under way; of several choices each is sent, so that the last counts.
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
 * A choice: kept in the form and, outside input blocks (and inside those that ask for it), told to the app at once.
 * When the person does not confirm, the form keeps what it held.
 */
export function useChoice(block, element) {
  const [record, set] = useField(block, element);
  const [busy, dispatch] = useDispatch(block, element, { once: false });
  const tells = block.type !== "input" || block.dispatch_action === true;
  async function choose(fields) {
    const { type, ...before } = record;
    set(fields);
    if (tells && !(await dispatch(fields)) && element.confirm) set(before);
  }
  return [record, choose, busy];
}
