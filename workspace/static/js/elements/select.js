// All selects: a combobox with search, for one or several options.
import { icon } from "../icons.js";
import { classes, html, useEffect, useId, useRef, useState } from "../lib.js";
import { useAnchored, useDismissal } from "../popover.js";
import { useChoice, useSurface } from "../surface.js";
import { textOf } from "../text.js";
import { FIELD, useChosen, useOptions } from "./options.js";

export function Select(props) {
  const { block, element } = props;
  const { container } = useSurface();
  const [record, choose, busy] = useChoice(block, element);
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const box = useRef();
  const layer = useRef();
  const input = useRef();
  const many = element.type.startsWith("multi_");
  const chosen = useChosen(element, record);
  const { groups, note } = useOptions({ block, element, container, query, open });
  const flat = groups.flatMap((group) => group.options);
  const list = useId();

  const close = () => {
    setOpen(false);
    setQuery("");
  };
  const show = () => {
    if (open) return;
    setOpen(true);
    setActive(Math.max(0, many ? 0 : flat.findIndex((option) => option.key === chosen[0]?.key)));
  };
  const give = (options) =>
    choose({ [FIELD[element.type]]: many ? options.map((one) => one.raw) : (options[0]?.raw ?? null) });
  const pick = (option) => {
    if (!option) return;
    if (!many) {
      close();
      if (option.key !== chosen[0]?.key) give([option]);
      return;
    }
    const on = chosen.some((one) => one.key === option.key);
    if (!on && element.max_selected_items && chosen.length >= element.max_selected_items) return;
    setQuery("");
    give(on ? chosen.filter((one) => one.key !== option.key) : [...chosen, option]);
  };
  const keys = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!open) show();
      else if (flat.length) setActive((active + step + flat.length) % flat.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (open) pick(flat[active]);
      else show();
    } else if (event.key === "Tab") close();
    else if (event.key === "Backspace" && many && query === "" && chosen.length) give(chosen.slice(0, -1));
  };

  useAnchored(box, layer, open, { matchWidth: true });
  useDismissal(open, close, box, layer);
  useEffect(() => setActive(0), [query]);
  useEffect(() => layer.current?.querySelector("[data-active]")?.scrollIntoView({ block: "nearest" }), [active, open]);

  const full = many && element.max_selected_items && chosen.length >= element.max_selected_items;
  return html`<div
    class=${classes("select", many && "many", open && "open", props.invalid && "invalid")}
    ref=${box}
    aria-busy=${busy ? "true" : undefined}
    onClick=${(event) => {
      if (!event.target.closest("button")) input.current.focus();
    }}
  >
    ${
      many &&
      chosen.map(
        (one) =>
          html`<span class="tag" key=${one.key}
            >${one.label}<button
              type="button"
              aria-label=${`Remove ${one.label}`}
              onClick=${() => give(chosen.filter((other) => other.key !== one.key))}
            >
              ${icon("close")}
            </button></span
          >`,
      )
    }
    <input
      ref=${input}
      type="text"
      role="combobox"
      id=${props.id}
      autocomplete="off"
      spellcheck=${false}
      aria-autocomplete="list"
      aria-haspopup="listbox"
      aria-expanded=${String(open)}
      aria-controls=${list}
      aria-activedescendant=${open && flat[active] ? `${list}-${active}` : undefined}
      aria-labelledby=${props.labelledby}
      aria-label=${props.labelledby ? undefined : nameOf(props)}
      aria-describedby=${props.describedby}
      aria-invalid=${props.invalid ? "true" : undefined}
      aria-required=${props.required ? "true" : undefined}
      placeholder=${placeholderOf(element, { many, open, chosen })}
      value=${open || many ? query : (chosen[0]?.label ?? "")}
      onClick=${show}
      onInput=${(event) => {
        setQuery(event.target.value);
        setOpen(true);
      }}
      onKeyDown=${keys}
    />
    ${!many && chosen.length > 0 && block.optional && html`<${Clear} onClear=${() => give([])} />`}
    <span class="select-arrow">${icon("down")}</span>
    ${
      open &&
      html`<${List}
        id=${list}
        layer=${layer}
        groups=${groups}
        note=${full ? `Choose at most ${element.max_selected_items}` : note}
        many=${many}
        chosen=${chosen}
        active=${active}
        onPick=${pick}
      />`
    }
  </div>`;
}

const DEFAULT = { one: "Choose an option", many: "Choose options" };

// While searching, the empty field shows the current selection as its placeholder.
function placeholderOf(element, { many, open, chosen }) {
  if (many && chosen.length) return "";
  if (open && chosen.length) return chosen[0].label;
  return textOf(element.placeholder) || DEFAULT[many ? "many" : "one"];
}

function Clear({ onClear }) {
  return html`<button type="button" class="select-clear" aria-label="Clear selection" onClick=${onClear}>
    ${icon("close")}
  </button>`;
}

const nameOf = ({ element, name }) => textOf(element.placeholder) || name || DEFAULT.one;

function List({ id, layer, groups, note, many, chosen, active, onPick }) {
  let at = -1;
  const option = (one) => {
    at += 1;
    const here = at;
    const on = chosen.some((other) => other.key === one.key);
    return html`<li
      role="option"
      id=${`${id}-${here}`}
      key=${one.key}
      class=${classes("option", here === active && "active")}
      data-active=${here === active ? "" : undefined}
      aria-selected=${String(on)}
      onPointerDown=${(event) => event.preventDefault()}
      onClick=${(event) => {
        event.stopPropagation();
        onPick(one);
      }}
    >
      <span class="option-label">${one.label}${one.detail && html`<small>${one.detail}</small>`}</span
      >${on && icon("check")}
    </li>`;
  };
  return html`<div class="list-layer" ref=${layer}>
    <ul role="listbox" id=${id} aria-label="Options" aria-multiselectable=${many ? "true" : undefined}>
      ${groups.map((group) =>
        group.label
          ? html`<li role="presentation" key=${group.label}>
              <ul role="group" aria-label=${group.label}>
                <li role="presentation" class="option-group" aria-hidden="true">${group.label}</li>
                ${group.options.map(option)}
              </ul>
            </li>`
          : group.options.map(option),
      )}
    </ul>
    ${note && html`<p class="list-note" role="status">${note}</p>`}
  </div>`;
}
