// Radio buttons and checkboxes.
import { html, useId } from "../lib.js";
import { useChoice } from "../surface.js";
import { Text, textOf } from "../text.js";

const same = (one, other) => one?.value === other?.value;

export function RadioButtons({ block, element, labelledby, describedby, invalid, name }) {
  const [record, choose] = useChoice(block, element);
  const group = useId();
  return html`<div
    class="choices"
    role="radiogroup"
    aria-labelledby=${labelledby}
    aria-label=${labelledby ? undefined : name || "Options"}
    aria-describedby=${describedby}
    aria-invalid=${invalid ? "true" : undefined}
    tabindex=${invalid ? -1 : undefined}
  >
    ${(element.options ?? []).map(
      (option) =>
        html`<${Choice}
          kind="radio"
          group=${group}
          option=${option}
          checked=${same(option, record.selected_option)}
          onPick=${() => choose({ selected_option: option })}
        />`,
    )}
  </div>`;
}

export function Checkboxes({ block, element, labelledby, describedby, invalid, name }) {
  const [record, choose] = useChoice(block, element);
  const chosen = record.selected_options ?? [];
  const toggle = (option) => {
    const on = chosen.some((one) => same(one, option));
    const next = (element.options ?? []).filter((one) =>
      same(one, option) ? !on : chosen.some((other) => same(other, one)),
    );
    choose({ selected_options: next });
  };
  return html`<div
    class="choices"
    role="group"
    aria-labelledby=${labelledby}
    aria-label=${labelledby ? undefined : name || "Options"}
    aria-describedby=${describedby}
    aria-invalid=${invalid ? "true" : undefined}
    tabindex=${invalid ? -1 : undefined}
  >
    ${(element.options ?? []).map(
      (option) =>
        html`<${Choice}
          kind="checkbox"
          option=${option}
          checked=${chosen.some((one) => same(one, option))}
          onPick=${() => toggle(option)}
        />`,
    )}
  </div>`;
}

function Choice({ kind, group, option, checked, onPick }) {
  const id = useId();
  return html`<div class="choice">
    <input
      type=${kind}
      id=${id}
      name=${group}
      checked=${checked}
      aria-describedby=${option.description ? `${id}-more` : undefined}
      onChange=${onPick}
    />
    <label for=${id} title=${textOf(option.text)}><${Text} object=${option.text} /></label>
    ${
      option.description &&
      html`<div class="choice-more" id=${`${id}-more`}><${Text} object=${option.description} /></div>`
    }
  </div>`;
}
