// A scrolling list of messages. It stays at the newest, loads older ones when scrolled to the top, and redraws only
// messages that changed.
import { dateOf, dayKey, dayTitle } from "./dates.js";
import { Guard } from "./guard.js";
import { icon } from "./icons.js";
import { Fragment, html, useEffect, useLayoutEffect, useRef, useState } from "./lib.js";
import { isReply } from "./log.js";
import { Message, PlainMessage } from "./message.js";
import { loadOlder } from "./reading.js";
import { store } from "./state.js";

const NEAR = 60; // px from the end that still count as the end
const TOGETHER = 5 * 60; // seconds within which messages by one author are grouped
const SHOWN = 150; // messages drawn while the reader is at the end

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
    if (last?.user === store.get().me.id) atEnd.current = true; // scroll to one's own new message
  }, [last?.ts]);
  useLayoutEffect(() => {
    const list = box.current;
    if (atEnd.current) list.scrollTop = list.scrollHeight;
  });
  useLayoutEffect(() => keepPlace(box.current, atEnd), [visible[0]?.ts]);
  useEffect(() => followGrowth(box.current, atEnd), []);

  const onScroll = () => {
    const list = box.current;
    const near = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
    // Growing content also moves the end away. Only scrolling up counts as leaving it.
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
  const scrollToEnd = () => {
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
      onScroll=${onScroll}
      onKeyDown=${(event) => moveFocus(event, box.current)}
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
    ${away && html`<button type="button" class="to-end" onClick=${scrollToEnd}>${icon("down")} Latest messages</button>`}
  </div>`;
}

const isRoot = (message) => Boolean(message) && !isReply(message);
// Ephemeral messages don't count as replies.
const isCounted = (message) => isReply(message) && !message.ephemeral;

function Older({ loading, onRead }) {
  const button = html`<button type="button" class="link-button" onClick=${onRead}>Load older messages</button>`;
  return html`<p class="older" role="status">${loading ? "Loading older messages…" : button}</p>`;
}

// Screen readers announce only messages that arrive later, not those that are already there.
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
    <${Guard} of=${message} instead=${html`<${PlainMessage} message=${message} />`}>
      <${Message}
        channel=${channel}
        message=${message}
        grouped=${!newDay && !first && !replies && isGroupable(before, message)}
        place=${place}
      />
    <//>
  <//>`;
}

function isGroupable(before, message) {
  if (!before || before.ephemeral || message.ephemeral || before.username !== message.username) return false;
  const same = (before.user ?? before.bot_id) === (message.user ?? message.bot_id);
  return same && before.reply_count === undefined && Number(message.ts) - Number(before.ts) < TOGETHER;
}

// Keeps the reader's position while older messages are inserted above.
let held = null;
function rememberPlace(list) {
  held = { list, fromEnd: list.scrollHeight - list.scrollTop };
}
function keepPlace(list, atEnd) {
  if (held?.list === list && !atEnd.current) list.scrollTop = list.scrollHeight - held.fromEnd;
  held = null;
}

// Pictures, charts and Markdown grow after they are drawn.
function followGrowth(list, atEnd) {
  const watcher = new ResizeObserver(() => {
    if (atEnd.current) list.scrollTop = list.scrollHeight;
  });
  watcher.observe(list.firstElementChild);
  watcher.observe(list);
  return () => watcher.disconnect();
}

/** Arrow keys move between messages once the list or a message has the focus. */
function moveFocus(event, list) {
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
