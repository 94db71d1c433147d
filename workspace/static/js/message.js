// One message: its author, content and actions.
import { deleteMessage, editMessage, openThread, react, runShortcut } from "./actions.js";
import { Avatar } from "./avatar.js";
import { Attachment } from "./attachments.js";
import { Blocks } from "./blocks/index.js";
import { Markdown } from "./blocks/markdown.js";
import { EditForm } from "./edit_form.js";
import { dateOf, full, lastReply, time } from "./dates.js";
import { emoji } from "./emoji.js";
import { EmojiButton } from "./emoji_picker.js";
import { Files } from "./files.js";
import { formFor } from "./form.js";
import { icon } from "./icons.js";
import { classes, html, memo, useMemo, useRef, useState } from "./lib.js";
import { decode } from "./mrkdwn.js";
import { MenuButton } from "./popover.js";
import { authorOf, personName, threadKey, useWorkspace } from "./state.js";
import { Surface } from "./surface.js";
import { Mrkdwn } from "./text.js";

/** `grouped`: follows a message by the same author. `place`: "channel" or "thread". */
export const Message = memo(function Message({ channel, message, grouped, place }) {
  const [active, setActive] = useState(false);
  const author = useWorkspace((state) => authorOfCached(state, message));
  const editing = useWorkspace((state) => state.editing === threadKey(channel, message.ts));
  const row = useRef();
  const leave = (event) => {
    if (!row.current.contains(event.relatedTarget)) setActive(false);
  };
  const date = dateOf(message.ts);
  return html`<article
    class=${classes("message", grouped && "grouped", message.ephemeral && "ephemeral", active && "active")}
    ref=${row}
    tabindex="-1"
    data-ts=${message.ts}
    aria-label=${`${author.name}, ${time(date)}`}
    onPointerEnter=${() => setActive(true)}
    onPointerLeave=${(event) => {
      if (!row.current.contains(document.activeElement)) leave(event);
    }}
    onFocusIn=${() => setActive(true)}
    onFocusOut=${leave}
  >
    <div class="gutter">
      ${grouped ? html`<${Time} className="side-time" date=${date} />` : html`<${Avatar} author=${author} />`}
    </div>
    <div class="message-main">
      ${message.ephemeral && html`<p class="only-you">${icon("eye")} Only visible to you</p>`}
      ${
        !grouped &&
        html`<div class="by">
          <span class="author">${author.name}</span>${author.bot && html`<span class="app-badge">App</span>`}
          ${author.kind && html`<span class="kind">${author.kind}</span>`}
          <${Time} date=${date} />
        </div>`
      }
      ${place === "channel" && message.subtype === "thread_broadcast" && html`<${Broadcast} message=${message} />`}
      ${
        editing
          ? html`<${EditForm} channel=${channel} message=${message} />`
          : html`<${Content} channel=${channel} message=${message} />`
      }
      ${message.reactions?.length > 0 && html`<${Reactions} channel=${channel} message=${message} />`}
      ${place === "channel" && message.reply_count > 0 && html`<${Replies} message=${message} />`}
    </div>
    ${active && !message.ephemeral && !editing && html`<${Tools} channel=${channel} message=${message} place=${place} />`}
  </article>`;
});

/** The plain text of a message that can't be drawn. */
export function PlainMessage({ message }) {
  return html`<article class="message" data-ts=${message.ts} tabindex="-1">
    <div class="gutter"></div>
    <div class="message-main">
      <p class="unknown-block">This message is malformed. Its text:</p>
      <div class="words">${decode(String(message.text ?? ""))}</div>
    </div>
  </article>`;
}

function Time({ date, className }) {
  return html`<time class=${className} datetime=${date.toISOString()} title=${full(date)}>${time(date)}</time>`;
}

// Returns the same object until something about the author changes, so that the message isn't redrawn.
const authors = new WeakMap();
function authorOfCached(state, message) {
  const known = authors.get(message);
  const user = state.users[message.user];
  if (known && known.user === user && known.app === state.app) return known.author;
  const author = authorOf(state, message);
  authors.set(message, { user, app: state.app, author });
  return author;
}

function Content({ channel, message }) {
  const container = useMemo(
    () => ({
      type: "message",
      channel,
      ts: message.ts,
      ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
    }),
    [channel, message.ts, message.thread_ts],
  );
  const surface = useMemo(() => {
    const form = formFor(`message:${channel}:${message.ts}`, channel);
    form.sync([...(message.blocks ?? []), ...(message.attachments ?? []).flatMap((one) => one.blocks ?? [])]);
    return { kind: "message", container, form };
  }, [container, message.blocks, message.attachments]);
  const edited = message.edited && html`<span class="edited" title=${full(dateOf(message.edited.ts))}>(edited)</span>`;
  return html`<${Surface.Provider} value=${surface}>
    <div class=${classes("content", message.streaming && "streaming")}>
      <${MessageText} message=${message} />${edited}
      ${message.streaming && html`<span class="cursor" role="img" aria-label="still writing"></span>`}
    </div>
    ${(message.attachments ?? []).map((one) => html`<${Attachment} attachment=${one} />`)}
    ${message.files?.length > 0 && html`<${Files} files=${message.files} />`}
  <//>`;
}

// A reply that was also sent to the channel.
function Broadcast({ message }) {
  return html`<p class="broadcast">
    <button type="button" class="link-button" onClick=${() => openThread(message.thread_ts)}>Replied to a thread</button>
  </p>`;
}

function MessageText({ message }) {
  if (message.blocks?.length) return html`<${Blocks} blocks=${message.blocks} />`;
  if (message.markdown_text !== undefined) return html`<${Markdown} text=${message.markdown_text} />`;
  return message.text
    ? html`<div class=${classes("words", NOTICE.test(message.subtype) && "notice")}>
        <${Mrkdwn} text=${message.text} />
      </div>`
    : null;
}

function Reactions({ channel, message }) {
  const me = useWorkspace((state) => state.me?.id);
  const users = useWorkspace((state) => state.users);
  return html`<div class="reactions" role="group" aria-label="Reactions">
    ${message.reactions.map(({ name, count, users: who }) => {
      const mine = who.includes(me);
      const names = who.map((id) => (id === me ? "you" : personName(users[id]))).join(", ");
      return html`<button
        type="button"
        key=${name}
        class=${classes("reaction", mine && "mine")}
        aria-pressed=${String(mine)}
        title=${`${names} reacted with :${name}:`}
        aria-label=${`${name.replaceAll("_", " ")}, ${count} ${count === 1 ? "reaction" : "reactions"}`}
        onClick=${() => react(channel, message, name)}
      >
        <span aria-hidden="true">${emoji(name) ?? `:${name}:`}</span> ${count}
      </button>`;
    })}<${AddReaction} channel=${channel} message=${message} className="reaction add" end=${false} />
  </div>`;
}

function AddReaction({ channel, message, className, end }) {
  const pick = (name) => react(channel, message, name);
  return html`<${EmojiButton} className=${className} label="Add reaction" end=${end} onPick=${pick} />`;
}

function Replies({ message }) {
  const users = useWorkspace((state) => state.users);
  const app = useWorkspace((state) => state.app);
  const faces = (message.reply_users ?? []).slice(0, 5).map((id) => authorOf({ users, app }, { user: id }));
  const last = message.latest_reply && `Last reply ${lastReply(dateOf(message.latest_reply))}`;
  return html`<button type="button" class="replies" onClick=${() => openThread(message.ts)}>
    <span class="reply-faces" aria-hidden="true">
      ${faces.map((author) => html`<${Avatar} key=${author.id} size="tiny" author=${author} />`)}
    </span>
    ${message.assistant_thread_title && html`<span class="reply-title">${message.assistant_thread_title}</span>`}
    <span class="reply-count">${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}</span>
    ${last && html`<span class="reply-last">${last}</span>`}
  </button>`;
}

// What Slack writes in italics: what people say about themselves, and what happened to the channel.
const NOTICE = /^(me_message|channel_(name|archive|unarchive))$/;

const QUICK = ["+1", "eyes", "white_check_mark"];

function Tools({ channel, message, place }) {
  const shortcuts = useWorkspace((state) => state.shortcuts);
  const start = (one) => () => runShortcut(one, channel, message.ts);
  const mine = useWorkspace((state) => state.me?.id === message.user);
  const own = [
    { key: "edit", content: "Edit message", onPick: () => editMessage(channel, message.ts) },
    { key: "delete", content: "Delete message…", onPick: () => deleteMessage(channel, message.ts) },
  ];
  const items = shortcuts
    .filter((one) => one.type === "message")
    .map((one) => ({ key: one.callback_id, content: one.name, detail: one.description, onPick: start(one) }))
    .concat(mine && !message.bot_id ? own : []);
  const empty = "This app has no message shortcuts";
  return html`<div class="tools" role="toolbar" aria-label="Message actions">
    ${QUICK.map((name) => html`<${QuickReaction} key=${name} name=${name} channel=${channel} message=${message} />`)}
    <${AddReaction} channel=${channel} message=${message} className="tool" end=${true} />
    ${place === "channel" && html`<${ReplyButton} message=${message} />`}
    <${MenuButton} className="tool" label="More message actions" menu="Message actions" items=${items} empty=${empty}>
      ${icon("more")}
    <//>
  </div>`;
}

function QuickReaction({ name, channel, message }) {
  const label = `React with ${name.replaceAll("_", " ")}`;
  const press = () => react(channel, message, name);
  return html`<button type="button" class="tool" aria-label=${label} title=${`:${name}:`} onClick=${press}>
    ${emoji(name) ?? name}
  </button>`;
}

function ReplyButton({ message }) {
  const open = () => openThread(message.thread_ts ?? message.ts);
  return html`<button type="button" class="tool" aria-label="Reply in thread" title="Reply in thread" onClick=${open}>
    ${icon("reply")}
  </button>`;
}
