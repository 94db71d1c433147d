// The parts of the UI library that the page uses, in one place.
import { Component, Fragment, createContext, h, render } from "../vendor/preact.js";
import htm from "../vendor/htm.js";

export {
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "../vendor/preact-hooks.js";
export { Component, Fragment, createContext, h, render };

export const html = htm.bind(h);

/** A component that is redrawn only if `same(before, after)` is false for its properties. */
export function memo(Inner, same = shallowEqual) {
  return class Memo extends Component {
    shouldComponentUpdate(next) {
      return !same(this.props, next);
    }
    render(props) {
      return h(Inner, props);
    }
  };
}

function shallowEqual(before, after) {
  const names = Object.keys(before);
  return names.length === Object.keys(after).length && names.every((name) => Object.is(before[name], after[name]));
}

export function classes(...names) {
  return names.filter(Boolean).join(" ");
}
