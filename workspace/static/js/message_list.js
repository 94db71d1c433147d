// A scrolling list of messages: keeps to the newest, reads older ones when scrolled to the top, and only ever draws the
// messages that changed.
import { dateOf, dayKey, dayTitle } from "./dates.js";
import { Guard } from "./guard.js";
import { icon } from "./icons.js";
import { Fragment, html, useEffect, useLayoutEffect, useRef, useState } from "./lib.js";
import { isReply } from "./log.js";
import { Message, Undrawn } from "./message.js";
import { loadOlder } from "./reading.js";
import { store } from "./state.js";

const NEAR = 60; // px from the end that still count as being there
const TOGETHER = 5 * 60; // seconds within which messages of one author stand under one name
const SHOWN = 150; // messages drawn while the reader is at the newest

export function MessageList({ channel, messages, hasMore, loading, unreadFrom, place, label, head, foot }) {
  const box = useRef();
  const atEnd = useRef(true);
  const top = useRef(0);
  const [away, setAway] = useState(false);
  const [shown, setShown] = useState(SHOWN);
  const live = useQuietStart(loading);
  const visible = messages.slice(-shown);
  const more = hasMore || messages.length > shown;

  const last = messages.at(-1);
  useLayoutEffect(() => {
    if (last?.user === store.get().me.id) atEnd.current = true; // whoever writes sees what they wrote
  }, [last?.ts]);
  useLayoutEffect(() => {
    const list = box.current;
    if (atEnd.current) list.scrollTop = list.scrollHeight;
  });
  useLayoutEffect(() => keepPlace(box.current, atEnd), [visible[0]?.ts]);
  useEffect(() => stickWhileGrowing(box.current, atEnd), []);

  const scrolled = () => {
    const list = box.current;
    const near = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
    // Content that grows below also looks like leaving the end; only scrolling up is.
    if (near) atEnd.current = true;
    else if (list.scrollTop < top.current - 1) atEnd.current = false;
    top.current = list.scrollTop;
    setAway(!atEnd.current && list.scrollHeight > list.clientHeight * 1.5);
    if (atEnd.current && shown > SHOWN) setShown(SHOWN);
    if (list.scrollTop < 300 && more && !loading) older();
  };
  const older = () => {
    rememberPlace(box.current);
    if (messages.length > shown) setShown(shown + 50);
    else if (place === "channel") loadOlder(channel).then(() => setShown((count) => count + 50));
  };
  const toEnd = () => {
    atEnd.current = true;
    box.current.scrollTop = box.current.scrollHeight;
  };
  return html`<div class="list-around">
    <div
      class="messages"
      ref=${box}
      role="log"
      aria-label=${label}
      aria-live=${live ? "polite" : "off"}
      aria-relevant="additions"
      tabindex="0"
      onScroll=${scrolled}
      onKeyDown=${(event) => walk(event, box.current)}
    >
      <div class="messages-inner">
        ${more ? html`<${Older} loading=${loading} onRead=${older} />` : head}
        ${visible.map(
          (message, at) =>
            html`<${Row}
              key=${message.ts}
              channel=${channel}
              message=${message}
              before=${visible[at - 1]}
              first=${message.ts === unreadFrom}
              replies=${place === "thread" && isRoot(visible[at - 1]) ? messages.filter(isCounted).length : 0}
              place=${place}
            />`,
        )}
        ${foot}
      </div>
    </div>
    ${away && html`<button type="button" class="to-end" onClick=${toEnd}>${icon("down")} Latest messages</button>`}
  </div>`;
}

const isRoot = (message) => Boolean(message) && !isReply(message);
// What only one person sees is no reply.
const isCounted = (message) => isReply(message) && !message.ephemeral;

function Older({ loading, onRead }) {
  const button = html`<button type="button" class="link-button" onClick=${onRead}>Older messages</button>`;
  return html`<p class="older" role="status">${loading ? "Reading older messages…" : button}</p>`;
}

// What is there already is not news: it is not read out, only what comes after.
function useQuietStart(loading) {
  const [live, setLive] = useState(false);
  useEffect(() => {
    if (loading) return setLive(false);
    const timer = setTimeout(() => setLive(true), 1000);
    return () => clearTimeout(timer);
  }, [loading]);
  return live;
}

function Row({ channel, message, before, first, replies, place }) {
  const date = dateOf(message.ts);
  const newDay = place === "channel" && (!before || dayKey(dateOf(before.ts)) !== dayKey(date));
  return html`<${Fragment}>
    ${
      newDay &&
      html`<div class="day-line"></div>
        <div class="day" role="separator" aria-label=${dayTitle(date)}><span>${dayTitle(date)}</span></div>`
    }
    ${replies > 0 && html`<p class="reply-line">${replies} ${replies === 1 ? "reply" : "replies"}</p>`}
    ${first && html`<div class="new-line" role="separator" aria-label="New messages"><span>New</span></div>`}
    <${Guard} of=${message} instead=${html`<${Undrawn} message=${message} />`}>
      <${Message}
        channel=${channel}
        message=${message}
        grouped=${!newDay && !first && !replies && together(before, message)}
        place=${place}
      />
    <//>
  <//>`;
}

function together(before, message) {
  if (!before || before.ephemeral || message.ephemeral || before.username !== message.username) return false;
  const same = (before.user ?? before.bot_id) === (message.user ?? message.bot_id);
  return same && before.reply_count === undefined && Number(message.ts) - Number(before.ts) < TOGETHER;
}

// While older messages come in above, what the reader looks at stays where it is.
let held = null;
function rememberPlace(list) {
  held = { list, fromEnd: list.scrollHeight - list.scrollTop };
}
function keepPlace(list, atEnd) {
  if (held?.list === list && !atEnd.current) list.scrollTop = list.scrollHeight - held.fromEnd;
  held = null;
}

// Pictures, charts and Markdown grow after they were drawn.
function stickWhileGrowing(list, atEnd) {
  const watcher = new ResizeObserver(() => {
    if (atEnd.current) list.scrollTop = list.scrollHeight;
  });
  watcher.observe(list.firstElementChild);
  watcher.observe(list);
  return () => watcher.disconnect();
}

/** Arrow keys go from message to message once the list or a message has the focus. */
function walk(event, list) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const here = document.activeElement;
  if (!step || (here !== list && !here.classList.contains("message"))) return;
  const all = [...list.querySelectorAll(".message")];
  const at = all.indexOf(here);
  const next = at < 0 ? all.at(-1) : all[at + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
