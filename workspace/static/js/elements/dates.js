// Dates and times, entered with the browser's own pickers.
import { isoDay } from "../dates.js";
import { html, useRef } from "../lib.js";
import { useChoice, useField } from "../surface.js";
import { textOf } from "../text.js";

const CALM = 500; // ms without another key before a typed date is sent to the app

const NAMES = { date: "Date", time: "Time", "datetime-local": "Date and time" };
const LAST = { date: "9999-12-31", "datetime-local": "9999-12-31T23:59" }; // otherwise the year could have six digits

/** A browser date field. Its value is stored at once, and sent to the app when the person has finished typing. */
function Picker({ block, element, kind, read, fields, labelledby, describedby, invalid, required, id, name }) {
  const [record, set] = useField(block, element);
  const [, choose] = useChoice(block, element);
  const timer = useRef();
  const sentValue = useRef(read(record));
  const latest = useRef(sentValue.current);
  const sendValue = () => {
    clearTimeout(timer.current);
    if (latest.current === sentValue.current) return;
    sentValue.current = latest.current;
    choose(fields(latest.current));
  };
  const change = (event) => {
    latest.current = event.target.value || null;
    set(fields(latest.current));
    clearTimeout(timer.current);
    timer.current = setTimeout(sendValue, CALM);
  };
  return html`<input
    type=${kind}
    class="entry date-entry"
    id=${id}
    value=${read(record) ?? ""}
    max=${LAST[kind]}
    aria-labelledby=${labelledby}
    aria-label=${labelledby ? undefined : textOf(element.placeholder) || name || NAMES[kind]}
    aria-required=${required ? "true" : undefined}
    aria-describedby=${describedby}
    aria-invalid=${invalid ? "true" : undefined}
    onInput=${change}
    onBlur=${sendValue}
  />`;
}

export function DateInput(props) {
  return html`<${Picker}
    ...${props}
    kind="date"
    read=${(record) => record.selected_date}
    fields=${(value) => ({ selected_date: value })}
  />`;
}

export function TimeInput(props) {
  return html`<${Picker}
    ...${props}
    kind="time"
    read=${(record) => record.selected_time}
    fields=${(value) => ({ selected_time: value })}
  />`;
}

const two = (number) => String(number).padStart(2, "0");

function localText(seconds) {
  if (seconds === null || seconds === undefined) return null;
  const date = new Date(seconds * 1000);
  return `${isoDay(date)}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

const seconds = (text) => (text ? Math.floor(new Date(text).getTime() / 1000) : null);

export function DateTimeInput(props) {
  return html`<${Picker}
    ...${props}
    kind="datetime-local"
    read=${(record) => localText(record.selected_date_time)}
    fields=${(value) => ({ selected_date_time: seconds(value) })}
  />`;
}
