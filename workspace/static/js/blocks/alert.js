import { icon } from "../icons.js";
import { html } from "../lib.js";
import { Text } from "../text.js";

const LEVELS = { default: "Note", info: "Information", warning: "Warning", error: "Error", success: "Done" };

export function Alert({ block }) {
  const level = LEVELS[block.level] ? block.level : "default";
  return html`<div class=${`alert alert-${level}`} role="note" aria-label=${LEVELS[level]}>
    ${icon(level === "success" ? "check" : level === "default" || level === "info" ? "info" : "warning")}
    <div class="alert-text"><${Text} object=${block.text} /></div>
  </div>`;
}
