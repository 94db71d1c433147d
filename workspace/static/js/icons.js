// Line icons, 20 × 20, in the colour of the surrounding text.
import { html } from "./lib.js";

const PATHS = {
  hash: "M7.5 3.5 6 16.5M14 3.5l-1.5 13M3.5 7.5h13.5M3 12.5h13.5",
  lock: "M6 9V6.5a4 4 0 0 1 8 0V9M4.5 9h11v7.5h-11z",
  down: "m5 7.5 5 5 5-5",
  up: "m5 12.5 5-5 5 5",
  left: "m12.5 5-5 5 5 5",
  right: "m7.5 5 5 5-5 5",
  close: "m5 5 10 10M15 5 5 15",
  send: "M3.5 16.5 17 10 3.5 3.5l2 6.5zM5.5 10H11",
  bolt: "M11 2.5 4.5 11.5H10l-1 6 6.5-9H10z",
  smile: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM6.8 11.5a3.6 3.6 0 0 0 6.4 0M7.5 7.5v1M12.5 7.5v1",
  reply: "M3.5 4.5h13v9h-7l-4 3v-3h-2zM7 7.8h6M7 10.4h4",
  more: "M10 4.5v.01M10 10v.01M10 15.5v.01",
  info: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM10 9v4.5M10 6.3v.01",
  warning: "M10 3 2.5 16.5h15zM10 8v4M10 14.2v.01",
  check: "m4 10.5 4 4 8-9",
  circle: "M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z",
  spinner: "M10 3.5a6.5 6.5 0 1 1-6.5 6.5",
  menu: "M3.5 5.5h13M3.5 10h13M3.5 14.5h13",
  moon: "M16.5 12A7 7 0 0 1 8 3.5 7 7 0 1 0 16.5 12z",
  sun:
    "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.8v2M10 16.2v2M1.8 10h2M16.2 10h2M4.2 4.2l1.4 1.4" +
    "M14.4 14.4l1.4 1.4M15.8 4.2l-1.4 1.4M5.6 14.4l-1.4 1.4",
  plus: "M10 4v12M4 10h12",
  people:
    "M7.5 4a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM2.5 16.5c0-3 2-5 5-5s5 2 5 5" +
    "M13 4.3a2.5 2.5 0 0 1 0 4.8M14.5 11.8c1.9.6 3 2.3 3 4.7",
  eye:
    "M1.8 10S5 4.5 10 4.5 18.2 10 18.2 10 15 15.5 10 15.5 1.8 10 1.8 10z" +
    "M10 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  file: "M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5",
  download: "M10 3.5v9M6 9l4 4 4-4M4 16.5h12",
  up_thumb:
    "M6.5 9v7.5h-3V9zM6.5 9.5 9.5 3a2 2 0 0 1 2 2v3h4.2a1.3 1.3 0 0 1 1.3 1.6l-1.3 5.8a1.4 1.4 0 0 1-1.3 1.1H6.5",
  down_thumb:
    "M6.5 11V3.5h-3V11zM6.5 10.5l3 6.5a2 2 0 0 0 2-2v-3h4.2a1.3 1.3 0 0 0 1.3-1.6l-1.3-5.8a1.4 1.4 0 0 0-1.3-1.1H6.5",
  trash: "M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5",
  bold: "M6 3.5h5a3 3 0 0 1 0 6H6zM6 9.5h6a3.5 3.5 0 0 1 0 7H6z",
  italic: "M8.5 3.5h6M5.5 16.5h6M11.5 3.5l-3 13",
  strike: "M14 6.5c0-1.8-1.6-3-4-3s-4 1.2-4 3M3.5 10h13M14 13.2c0 2-1.7 3.3-4 3.3s-4-1.2-4-3",
  code: "m6.5 6-4 4 4 4M13.5 6l4 4-4 4",
  clip: "M14.5 9.5 9 15a3.2 3.2 0 0 1-4.5-4.5l6.3-6.3a2.1 2.1 0 0 1 3 3l-6 6a1 1 0 0 1-1.5-1.5l5-5",
  calendar: "M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3M13 3v3",
};

/** A decoration. Its meaning is always given by an accessible name beside it. */
export function icon(name, className = "") {
  return html`<svg
    class=${`icon ${className} icon-${name}`}
    viewBox="0 0 20 20"
    width="20"
    height="20"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    <path d=${PATHS[name] ?? PATHS.circle} />
  </svg>`;
}
