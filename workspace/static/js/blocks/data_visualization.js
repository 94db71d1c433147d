// A native chart with its title, and the same values as a table for screen readers and on request.
import { classes, html, useEffect, useId, useRef, useState } from "../lib.js";
import { draw, tabulate, isCrowded } from "../charts.js";
import { textOf } from "../text.js";
import { useTheme } from "../theme.js";

const KINDS = { line: "Line chart", bar: "Bar chart", area: "Area chart", pie: "Pie chart" };

export function DataVisualization({ block }) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  const title = textOf(block.title);
  const kind = KINDS[block.chart?.type];
  if (!kind) return html`<p class="unknown-block">This page can't show “${block.chart?.type}” charts.</p>`;
  return html`<figure class="chart">
    <figcaption class="chart-head">
      <span class="chart-title" id=${id}>${title}</span>
      <button type="button" class="link-button" aria-pressed=${String(asTable)} onClick=${() => setAsTable(!asTable)}>
        View as ${asTable ? "chart" : "table"}
      </button>
    </figcaption>
    ${!asTable && html`<${Drawing} chart=${block.chart} label=${`${kind}: ${title}`} />`}
    <div class=${asTable ? "table-scroll" : "hidden"}><${Figures} chart=${block.chart} title=${title} /></div>
  </figure>`;
}

function Drawing({ chart, label }) {
  const canvas = useRef();
  const theme = useTheme();
  useEffect(() => draw(canvas.current, chart), [chart, theme]);
  return html`<div class=${classes("chart-canvas", `chart-${chart.type}`, isCrowded(chart) && "crowded")}>
    <canvas ref=${canvas} role="img" aria-label=${label}></canvas>
  </div>`;
}

function Figures({ chart, title }) {
  const { names, rows } = tabulate(chart);
  return html`<table>
    <caption class="hidden">
      ${title}
    </caption>
    <thead>
      <tr>
        ${names.map((name) => html`<th scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([label, ...values]) =>
          html`<tr>
            <th scope="row">${label}</th>
            ${values.map((value) => html`<td class="align-right">${value ?? "–"}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
