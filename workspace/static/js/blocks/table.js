// A plain table. The data table uses the same cells.
import { classes, html } from "../lib.js";
import { Plain } from "../text.js";
import { RichText } from "./rich_text.js";

export function Table({ block }) {
  const [head, ...rows] = block.rows ?? [];
  const column = (at) => {
    const { align, is_wrapped } = block.column_settings?.[at] ?? {};
    return classes(["center", "right"].includes(align) && `align-${align}`, is_wrapped && "wrapped");
  };
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="Table">
    <table>
      ${
        head &&
        html`<thead>
          <tr>
            ${head.map((cell, at) => html`<th scope="col" class=${column(at)}><${Cell} cell=${cell} /></th>`)}
          </tr>
        </thead>`
      }
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, at) => html`<td class=${column(at)}><${Cell} cell=${cell} /></td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

export function Cell({ cell }) {
  if (!cell) return null;
  if (cell.type === "rich_text") return html`<${RichText} block=${cell} />`;
  return html`<${Plain} text=${cellText(cell)} />`;
}

/** The text of a cell, for display, sorting and filtering. */
export function cellText(cell) {
  if (!cell) return "";
  if (cell.type === "rich_text") return richText(cell);
  return String(cell.text ?? cell.value ?? "");
}

function richText(node) {
  if (node.elements) return node.elements.map(richText).join(node.type === "rich_text" ? "\n" : "");
  return String(node.text ?? node.url ?? node.name ?? "");
}
