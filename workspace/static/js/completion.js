// Suggestions while typing: commands after "/", people after "@", channels after "#" and emoji after ":".
import { Avatar } from "./avatar.js";
import { findEmoji } from "./emoji.js";
import { icon } from "./icons.js";
import { classes, html, useEffect, useLayoutEffect, useRef, useState } from "./lib.js";
import { useAnchored } from "./popover.js";
import { personName, store } from "./state.js";

const MOST = 10;

/** Follows the caret: `{open, items, active, key(event), look(), close(), pick(item)}`. */
export function useCompletion(area, text, write) {
  const [found, setFound] = useState(null); // {from, to, kind, items}
  const [active, setActive] = useState(0);
  const refused = useRef(null); // the text at which the person pressed Escape
  const look = () => {
    const next = area.current && document.activeElement === area.current ? completionsAt(area.current) : null;
    setFound(next && refused.current !== area.current.value ? next : null);
    setActive(0);
  };
  useLayoutEffect(look, [text]); // runs before the next key
  const close = () => setFound(null);
  // The list may lag one key behind the text, so the position is looked up when an item is chosen.
  const pick = (wanted) => {
    const now = completionsAt(area.current);
    if (!now) return close();
    const item = now.items.find((one) => one.key === wanted.key) ?? now.items[0];
    const { value } = area.current;
    const next = `${value.slice(0, now.from)}${item.insert} ${value.slice(now.to).replace(/^ /, "")}`;
    refused.current = next;
    close();
    write(next, now.from + item.insert.length + 1);
    area.current.focus();
  };
  const key = (event) => {
    if (!found) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const enters = event.key === "Enter" && !event.shiftKey && !isWritten(found, area.current.value);
    if (step) setActive((active + step + found.items.length) % found.items.length);
    else if (enters || event.key === "Tab") pick(found.items[active]);
    else if (event.key === "Escape") {
      refused.current = area.current.value;
      close();
    } else return false;
    event.preventDefault();
    return true;
  };
  return { open: Boolean(found), kind: found?.kind, items: found?.items ?? [], active, key, look, close, pick };
}

// Enter sends a command that is already complete.
const isWritten = (found, value) =>
  found.kind === "command" && found.items.some((item) => item.insert === value.trim());

function completionsAt(area) {
  const { selectionStart: caret, selectionEnd: end, value } = area;
  if (caret !== end) return null;
  const before = value.slice(0, caret);
  const command = /^\/\S*$/.exec(before);
  const other = /(?:^|[\s(])([@#:])([\p{L}\p{N}_+.-]*)$/u.exec(before);
  const [kind, query, from] = command
    ? ["/", before.slice(1), 0]
    : other
      ? [other[1], other[2], caret - other[2].length - 1]
      : [];
  const items = kind ? SOURCES[kind](query.toLowerCase()).slice(0, MOST) : [];
  return items.length ? { from, to: caret, kind: kind === "/" ? "command" : kind, items } : null;
}

const SOURCES = {
  "/": (query) =>
    store
      .get()
      .commands.map((one) => ({ ...one, command: one.command.startsWith("/") ? one.command : `/${one.command}` }))
      .filter((one) => one.command.slice(1).toLowerCase().startsWith(query))
      .map((one) => ({
        key: one.command,
        insert: one.command,
        title: one.command,
        hint: one.usage_hint,
        detail: one.description,
      })),
  "@": (query) =>
    people()
      .filter((user) =>
        `${personName(user)} ${user.name}`
          .toLowerCase()
          .split(/\s+/)
          .some((word) => word.startsWith(query)),
      )
      .map((user) => ({
        key: user.id,
        insert: `@${personName(user)}`,
        title: personName(user),
        detail: user.is_bot ? "App" : user.title,
        user,
      })),
  "#": (query) =>
    store
      .get()
      .channelOrder.map((id) => store.get().channels[id])
      .filter((channel) => !channel.is_im && !channel.is_app && channel.name.includes(query))
      .map((channel) => ({
        key: channel.id,
        insert: `#${channel.name}`,
        title: channel.name,
        detail: channel.topic,
        channel,
      })),
  ":": (query) =>
    (query.length < 2 ? [] : findEmoji(query)).map(([name, picture]) => ({
      key: name,
      insert: `:${name}:`,
      title: `:${name}:`,
      picture,
    })),
};

function people() {
  const { people: ids, users, app } = store.get();
  const all = ids.map((id) => users[id]);
  const known = all.some((user) => user.id === app?.bot_user_id);
  return known || !app
    ? all
    : [...all, { id: app.bot_user_id, name: app.name, real_name: app.name, is_bot: true, color: "0f766e" }];
}

const TITLES = { command: "Commands", "@": "People", "#": "Channels", ":": "Emoji" };

export function Completion({ id, area, completion }) {
  const layer = useRef();
  const around = useRef();
  around.current = area.current?.closest(".composer-box");
  useAnchored(around, layer, true, { matchWidth: true });
  useEffect(() => layer.current?.querySelector(".active")?.scrollIntoView({ block: "nearest" }), [completion.active]);
  return html`<div class="completion" ref=${layer}>
    <p class="completion-title" aria-hidden="true">${TITLES[completion.kind]}</p>
    <ul role="listbox" id=${id} aria-label=${TITLES[completion.kind]}>
      ${completion.items.map(
        (item, at) =>
          html`<li
            role="option"
            id=${`${id}-${at}`}
            key=${item.key}
            class=${classes("completion-item", at === completion.active && "active")}
            aria-selected=${String(at === completion.active)}
            onPointerDown=${(event) => {
              event.preventDefault();
              completion.pick(item);
            }}
          >
            ${item.user && html`<${Avatar} size="tiny" author=${{ name: item.title, color: item.user.color }} />`}
            ${item.channel && icon(item.channel.is_private ? "lock" : "hash")}
            ${item.picture && html`<span class="emoji" aria-hidden="true">${item.picture}</span>`}
            <span class="completion-name">${item.title}</span
            >${item.hint && html`<span class="completion-hint">${item.hint}</span>`}
            ${item.detail && html`<span class="completion-detail">${item.detail}</span>`}
          </li>`,
      )}
    </ul>
  </div>`;
}
