import { useLayoutEffect, useReducer, useRef } from "./lib.js";

/** One value that is replaced, never changed in place. Listeners are called after each change. */
export function createStore(initial) {
  let state = initial;
  const listeners = new Set();
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...(typeof change === "function" ? change(state) : change) };
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The selected part of a store. The component is redrawn only when that part changes. */
export function useStore(store, select) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  const selected = select(store.get());
  const latest = useRef();
  latest.current = { select, selected };
  useLayoutEffect(() => {
    const check = () => {
      if (!Object.is(latest.current.select(store.get()), latest.current.selected)) redraw();
    };
    check(); // the store may have changed between drawing and subscribing
    return store.subscribe(check);
  }, [store]);
  return selected;
}
