// Text inputs.
import { html, useRef } from "../lib.js";
import { useDispatch, useField } from "../surface.js";
import { textOf } from "../text.js";

const KINDS = { plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "text" };
const CALM = 300;

function common({ id, element, labelledby, describedby, invalid, required, name }) {
  return {
    id,
    placeholder: textOf(element.placeholder) || undefined,
    "aria-labelledby": labelledby,
    "aria-label": labelledby ? undefined : textOf(element.placeholder) || name || "Text",
    "aria-describedby": describedby,
    "aria-invalid": invalid ? "true" : undefined,
    "aria-required": required ? "true" : undefined,
    "data-autofocus": element.focus_on_load ? "true" : undefined,
  };
}

/** Sends typed text to the app as Slack's `dispatch_action_config` says; by default on Enter. */
function useTyping(block, element) {
  const [, dispatch] = useDispatch(block, element, { once: false });
  const timer = useRef();
  const moments = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const dispatches = (moment) => block.dispatch_action === true && moments.includes(moment);
  return {
    typed(fields) {
      if (!dispatches("on_character_entered")) return;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => dispatch(fields), CALM);
    },
    entered(event, fields) {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || !dispatches("on_enter_pressed")) return;
      event.preventDefault(); // send the value, but don't submit the view
      dispatch(fields);
    },
  };
}

export function TextInput(props) {
  const { block, element } = props;
  const [record, set] = useField(block, element);
  const typing = useTyping(block, element);
  const change = (event) => {
    const fields = { value: event.target.value || null };
    set(fields);
    typing.typed(fields);
  };
  const given = {
    ...common(props),
    class: "entry",
    value: record.value ?? "",
    maxLength: element.max_length,
    autocomplete: "off",
    onInput: change,
    onKeyDown: (event) => typing.entered(event, { value: record.value ?? null }),
  };
  const count = element.max_length
    ? html`<${Left} length=${(record.value ?? "").length} max=${element.max_length} />`
    : null;
  if (element.multiline) return html`<textarea rows="4" ...${given}></textarea>${count}`;
  const numeric = element.type === "number_input";
  return html`<input
      type=${KINDS[element.type]}
      inputmode=${numeric ? (element.is_decimal_allowed ? "decimal" : "numeric") : undefined}
      ...${given}
    />${count}`;
}

function Left({ length, max }) {
  const left = max - length;
  return left <= Math.min(50, max / 4) ? html`<span class="left" aria-hidden="true">${left}</span>` : null;
}

/** A plain text field whose text becomes a rich_text value. */
export function RichTextInput(props) {
  const { block, element } = props;
  const [record, set] = useField(block, element);
  const typing = useTyping(block, element);
  const change = (event) => {
    const fields = { rich_text_value: toRichText(event.target.value) };
    set(fields);
    typing.typed(fields);
  };
  return html`<textarea
    class="entry"
    rows=${element.min_lines ?? 4}
    ...${common(props)}
    value=${toText(record.rich_text_value)}
    onInput=${change}
  ></textarea>`;
}

const toRichText = (text) =>
  text ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] } : null;

function toText(node) {
  if (!node) return "";
  if (node.elements) return node.elements.map(toText).join(node.type === "rich_text" ? "\n" : "");
  return node.text ?? node.url ?? (node.name ? `:${node.name}:` : "");
}
