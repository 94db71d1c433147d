// A table that can be sorted, filtered and paged.
import { classes, html, useId, useMemo, useState } from "../lib.js";
import { icon } from "../icons.js";
import { textOf } from "../text.js";
import { Cell, cellText } from "./table.js";

export function DataTable({ block }) {
  const [head = [], ...rows] = block.rows ?? [];
  const [sort, setSort] = useState({ column: -1, descending: false });
  const [filter, setFilter] = useState("");
  const [page, setPage] = useState(0);
  const size = Math.min(Math.max(Number(block.page_size) || 5, 1), 100);
  const found = useMemo(() => sorted(matching(rows, filter), sort), [block, filter, sort]);
  const pages = Math.max(1, Math.ceil(found.length / size));
  const at = Math.min(page, pages - 1);
  const shown = found.slice(at * size, (at + 1) * size);
  const turnTo = (column) => setSort({ column, descending: sort.column === column && !sort.descending });
  const caption = textOf(block.caption);
  return html`<div class="data-table">
    <${Bar}
      caption=${caption}
      rows=${rows}
      filter=${filter}
      onFilter=${(text) => {
        setFilter(text);
        setPage(0);
      }}
    />
    <div class="table-scroll" tabindex="0" role="region" aria-label=${caption || "Table"}>
      <table>
        <caption class="hidden">
          ${caption}
        </caption>
        <thead>
          <tr>
            ${head.map(
              (cell, column) =>
                html`<${HeadCell} cell=${cell} rows=${rows} sort=${sort} column=${column} onSort=${turnTo} />`,
            )}
          </tr>
        </thead>
        <tbody>
          ${shown.map((row) => html`<${Row} row=${row} rows=${rows} header=${block.row_header_column_index ?? 0} />`)}
        </tbody>
      </table>
      ${found.length === 0 && html`<p class="nothing">No rows contain “${filter}”.</p>`}
    </div>
    <${Pages}
      page=${at}
      pages=${pages}
      from=${at * size}
      shown=${shown.length}
      total=${found.length}
      onPage=${setPage}
    />
  </div>`;
}

function Bar({ caption, rows, filter, onFilter }) {
  const id = useId();
  return html`<div class="table-bar">
    <div class="table-caption">${caption}</div>
    ${
      rows.length > 3 &&
      html`<label class="hidden" for=${id}>Filter ${caption}</label>
        <input
          id=${id}
          type="search"
          class="entry small"
          placeholder="Filter"
          value=${filter}
          onInput=${(event) => onFilter(event.target.value)}
        />`
    }
  </div>`;
}

function HeadCell({ cell, rows, sort, column, onSort }) {
  const active = sort.column === column;
  return html`<th
    scope="col"
    class=${isNumeric(rows, column) && "align-right"}
    aria-sort=${active ? (sort.descending ? "descending" : "ascending") : "none"}
  >
    <button type="button" class="sort" onClick=${() => onSort(column)}>
      <${Cell} cell=${cell} /><span
        class=${classes("sort-mark", active && "active", active && sort.descending && "descending")}
        >${icon("up")}</span
      >
    </button>
  </th>`;
}

function Row({ row, rows, header }) {
  return html`<tr>
    ${row.map((cell, column) => {
      const align = isNumeric(rows, column) && "align-right";
      return column === header
        ? html`<th scope="row" class=${align}><${Cell} cell=${cell} /></th>`
        : html`<td class=${align}><${Cell} cell=${cell} /></td>`;
    })}
  </tr>`;
}

function Pages({ page, pages, from, shown, total, onPage }) {
  if (pages < 2) return null;
  return html`<div class="pages" role="group" aria-label="Pages">
    <span role="status">${from + 1}–${from + shown} of ${total}</span>
    <button
      type="button"
      class="icon-button"
      aria-label="Previous page"
      disabled=${page === 0}
      onClick=${() => onPage(page - 1)}
    >
      ${icon("left")}
    </button>
    <button
      type="button"
      class="icon-button"
      aria-label="Next page"
      disabled=${page >= pages - 1}
      onClick=${() => onPage(page + 1)}
    >
      ${icon("right")}
    </button>
  </div>`;
}

const isNumeric = (rows, column) => rows.length > 0 && rows.every((row) => row[column]?.type === "raw_number");

function matching(rows, filter) {
  const wanted = filter.trim().toLowerCase();
  return wanted ? rows.filter((row) => row.some((cell) => cellText(cell).toLowerCase().includes(wanted))) : rows;
}

function sorted(rows, { column, descending }) {
  if (column < 0) return rows;
  const way = descending ? -1 : 1;
  return rows.slice().sort((a, b) => way * compare(a[column], b[column]));
}

function compare(a, b) {
  if (a?.type === "raw_number" && b?.type === "raw_number") return a.value - b.value;
  return cellText(a).localeCompare(cellText(b), undefined, { numeric: true });
}
