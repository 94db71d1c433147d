// The field for writing messages and commands.
import { editLatest, runShortcut, send } from "./actions.js";
import { Completion, useCompletion } from "./completion.js";
import { emoji } from "./emoji.js";
import { EmojiButton } from "./emoji_picker.js";
import { icon } from "./icons.js";
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from "./lib.js";
import { MenuButton } from "./popover.js";
import { useWorkspace } from "./state.js";
import { FileTags, uploadAll } from "./uploads.js";

const drafts = new Map();
const CARET = ["ArrowLeft", "ArrowRight", "Home", "End"]; // keys that move the caret within a line

/** `alsoIn`: the channel's name, if a reply may also be sent to the channel. */
export function Composer({ channel, thread_ts, label, alsoIn }) {
  const key = `${channel}:${thread_ts ?? ""}`;
  const [files, setFiles] = useState([]);
  const [busy, setBusy] = useState(false);
  const [broadcast, setBroadcast] = useState(false);
  const [text, setText] = useState(drafts.get(key) ?? "");
  const sent = useRef(Promise.resolve()); // the latest request; the next one waits for it, which keeps the order
  const area = useRef();
  const list = useId();
  const caret = useRef(null); // its position after the text is drawn
  const write = (next, at = null) => {
    drafts.set(key, next);
    caret.current = at;
    setText(next);
  };
  useLayoutEffect(() => {
    if (caret.current !== null) area.current.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [text]);
  const completion = useCompletion(area, text, write);
  useLayoutEffect(() => grow(area.current), [text]);
  useEffect(() => takeFocus(area.current), []);

  async function submit() {
    const line = text.trim();
    if ((!line && !files.length) || busy) return;
    write("");
    setFiles([]);
    setBroadcast(false);
    completion.close();
    const more = { files: files.map((file) => file.id), broadcast };
    sent.current = sent.current.then(() => send(channel, line, thread_ts, more));
    const went = await sent.current;
    if (!went) setFiles((since) => [...files, ...since]);
    const since = drafts.get(key);
    if (!went) write(since ? `${text}\n${since}` : text); // text that wasn't sent goes back into the field
    area.current?.focus();
  }
  const keys = (event) => {
    if (event.isComposing || completion.key(event)) return;
    if (event.key === "ArrowUp" && !text && editLatest(channel, thread_ts)) return event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if ((event.ctrlKey || event.metaKey) && FORMATS[event.key]) {
      event.preventDefault();
      around(area.current, FORMATS[event.key], write);
    }
  };
  return html`<form
    class="composer"
    aria-label=${label}
    onSubmit=${(event) => {
      event.preventDefault();
      submit();
    }}
  >
    <div class="composer-box">
      <${FormatBar} area=${area} write=${write} />
      <textarea
        ref=${area}
        rows="1"
        aria-label=${label}
        placeholder=${label}
        value=${text}
        aria-autocomplete="list"
        aria-controls=${completion.open ? list : undefined}
        aria-activedescendant=${completion.open ? `${list}-${completion.active}` : undefined}
        onInput=${(event) => write(event.target.value)}
        onKeyDown=${keys}
        onBlur=${completion.close}
        onClick=${completion.look}
        onKeyUp=${(event) => {
          if (CARET.includes(event.key)) completion.look();
        }}
      ></textarea>
      ${files.length > 0 && html`<div class="attached"><${FileTags} files=${files} onChange=${setFiles} /></div>`}
      <div class="composer-bar">
        <${AttachButton} busy=${busy} onBusy=${setBusy} onFiles=${(added) => setFiles((before) => [...before, ...added])} />
        <${Shortcuts} channel=${channel} />
        <${AddEmoji} area=${area} write=${write} />
        <span class="spread"></span>
        <button type="submit" class="send" aria-label="Send" title="Send" disabled=${busy || (!text.trim() && !files.length)}>
          ${icon("send")}
        </button>
      </div>
    </div>
    ${
      alsoIn &&
      html`<label class="also-in"
        ><input type="checkbox" checked=${broadcast} onChange=${(event) => setBroadcast(event.target.checked)} /> Also send
        to ${alsoIn}</label
      >`
    }
    ${completion.open && html`<${Completion} id=${list} area=${area} completion=${completion} />`}
    <p class="composer-hint" aria-hidden="true">
      ${text.length > 0 && html`<span><b>Shift + Enter</b> to add a new line</span>`}
    </p>
  </form>`;
}

// Focus the field when a conversation opens, except on small screens, where the keyboard would cover the messages.
function takeFocus(area) {
  if (window.matchMedia("(min-width: 721px)").matches && !document.querySelector("dialog[open]")) area.focus();
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 320)}px`;
}

const FORMATS = { b: "*", i: "_" };

function around(area, mark, write) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const inside = value.slice(from, to);
  write(
    value.slice(0, from) + mark + inside + mark + value.slice(to),
    inside ? to + 2 * mark.length : from + mark.length,
  );
  area.focus();
}

function FormatBar({ area, write }) {
  const one = (name, mark, title) =>
    html`<button
      type="button"
      class="tool"
      aria-label=${title}
      title=${title}
      onMouseDown=${(event) => event.preventDefault()}
      onClick=${() => around(area.current, mark, write)}
    >
      ${icon(name)}
    </button>`;
  return html`<div class="format-bar" role="toolbar" aria-label="Formatting">
    ${one("bold", "*", "Bold")} ${one("italic", "_", "Italic")} ${one("strike", "~", "Strikethrough")}
    ${one("code", "`", "Code")}
  </div>`;
}

function AttachButton({ busy, onBusy, onFiles }) {
  const input = useRef();
  async function take(event) {
    const chosen = [...event.target.files];
    event.target.value = "";
    onBusy(true);
    onFiles(await uploadAll(chosen));
    onBusy(false);
  }
  return html`<input type="file" class="hidden" ref=${input} tabindex="-1" aria-label="Files" multiple onChange=${take} />
    <button
      type="button"
      class="tool"
      aria-label=${busy ? "Uploading…" : "Attach files"}
      title="Attach files"
      disabled=${busy}
      onClick=${() => input.current.click()}
    >
      ${icon("clip")}
    </button>`;
}

function Shortcuts({ channel }) {
  const shortcuts = useWorkspace((state) => state.shortcuts);
  const start = (one) => () => runShortcut(one, channel);
  const items = shortcuts
    .filter((one) => one.type === "global")
    .map((one) => ({ key: one.callback_id, content: one.name, detail: one.description, onPick: start(one) }));
  const empty = "This app has no shortcuts";
  return html`<${MenuButton}
    className="tool"
    label="Shortcuts"
    title="Shortcuts"
    items=${items}
    end=${false}
    empty=${empty}
  >
    ${icon("bolt")}
  <//>`;
}

function AddEmoji({ area, write }) {
  const pick = (name) => {
    const { selectionStart: at, value } = area.current;
    const written = emoji(name) ? `:${name}: ` : "";
    write(value.slice(0, at) + written + value.slice(at), at + written.length);
    area.current.focus();
  };
  return html`<${EmojiButton} className="tool" label="Emoji" onPick=${pick} />`;
}
