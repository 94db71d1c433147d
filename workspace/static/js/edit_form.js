// The field in which a person edits one of their messages, in the message's place.
import { saveEdit, stopEditing } from "./actions.js";
import { html, useEffect, useRef, useState } from "./lib.js";
import { decode } from "./mrkdwn.js";
import { channelTitle, personName, store } from "./state.js";

/** The text as a person would type it: with names instead of references. */
function typedText(state, text) {
  const named = text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (whole, id) => (state.users[id] ? `@${personName(state.users[id])}` : whole))
    .replace(/<#(\w+)(?:\|[^>]*)?>/g, (whole, id) =>
      state.channels[id] ? `#${channelTitle(state, state.channels[id])}` : whole,
    )
    .replace(/<(https?:[^>|]+)(?:\|[^>]*)?>/g, "$1");
  return decode(named);
}

export function EditForm({ channel, message }) {
  const [text, setText] = useState(() => typedText(store.get(), message.text ?? ""));
  const area = useRef();
  useEffect(() => {
    area.current.focus();
    area.current.setSelectionRange(text.length, text.length);
    area.current.scrollIntoView({ block: "nearest" });
  }, []);
  const leave = (close) => {
    const row = area.current?.closest(".message");
    close();
    row?.focus();
  };
  async function save() {
    const row = area.current.closest(".message");
    if (await saveEdit(channel, message.ts, text.trim())) row?.focus();
  }
  const keys = (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      save();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      leave(stopEditing);
    }
  };
  return html`<form
    class="edit-form"
    aria-label="Edit message"
    onSubmit=${(event) => {
      event.preventDefault();
      save();
    }}
  >
    <textarea
      ref=${area}
      rows=${Math.min(8, text.split("\n").length + 1)}
      aria-label="Text of the message"
      value=${text}
      onInput=${(event) => setText(event.target.value)}
      onKeyDown=${keys}
    ></textarea>
    <div class="edit-buttons">
      <button type="button" class="button" onClick=${() => leave(stopEditing)}>Cancel</button>
      <button type="submit" class="button primary" disabled=${!text.trim() && !message.files?.length}>Save</button>
    </div>
  </form>`;
}
