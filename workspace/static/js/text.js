// Turns nodes of mrkdwn.js and text objects of Block Kit into elements. Strings only ever become text nodes.
import { Chip } from "./chips.js";
import { formatTokens, full } from "./dates.js";
import { emoji } from "./emoji.js";
import { html } from "./lib.js";
import { decode, parse } from "./mrkdwn.js";

export function Mrkdwn({ text }) {
  return parse(text).map(drawNode);
}

/** A text object. mrkdwn is parsed; in plain text only emoji names are replaced. */
export function Text({ object }) {
  if (!object) return null;
  if (typeof object === "string") return html`<${Plain} text=${object} />`;
  return object.type === "mrkdwn"
    ? html`<${Mrkdwn} text=${object.text} />`
    : html`<${Plain} text=${object.text} emojis=${object.emoji !== false} />`;
}

export function Plain({ text, emojis = true }) {
  const decoded = decode(String(text ?? ""));
  if (!emojis) return decoded;
  return decoded.split(/(:[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:)/i).map((part, at) => {
    const name = part.slice(1, -1).toLowerCase();
    return at % 2 && emoji(name) ? html`<${Emoji} name=${name} />` : part;
  });
}

/** A text object as one plain string, for accessible names and titles. */
export function textOf(object) {
  const text = typeof object === "string" ? object : object?.text;
  return decode(String(text ?? "")).replace(
    /:([a-z0-9_+-]+):/gi,
    (written, name) => emoji(name.toLowerCase()) ?? written,
  );
}

export function Emoji({ name }) {
  const picture = emoji(name);
  return picture
    ? html`<span class="emoji" role="img" aria-label=${name.replaceAll("_", " ")} title=${`:${name}:`}
        >${picture}</span
      >`
    : `:${name}:`;
}

export function Link({ address, children }) {
  return html`<a href=${address} target="_blank" rel="noopener noreferrer">${children}</a>`;
}

/** A date in one of Slack's formats, or the fallback if it can't be formatted. */
export function Moment({ timestamp, format, fallback, link }) {
  const text = formatTokens(timestamp, format) ?? fallback ?? "";
  const date = new Date(timestamp * 1000);
  const valid = !Number.isNaN(date.getTime());
  const moment = valid ? html`<time datetime=${date.toISOString()} title=${full(date)}>${text}</time>` : text;
  return link ? html`<${Link} address=${link}>${moment}<//>` : moment;
}

const DRAW = {
  text: (node) => node.text,
  break: () => html`<br />`,
  lines: (node) => html`<div class="lines">${node.children.map(drawNode)}</div>`,
  bold: (node) => html`<strong>${node.children.map(drawNode)}</strong>`,
  italic: (node) => html`<em>${node.children.map(drawNode)}</em>`,
  strike: (node) => html`<s>${node.children.map(drawNode)}</s>`,
  code: (node) => html`<code>${node.text}</code>`,
  pre: (node) => html`<pre tabindex="0">${node.text}</pre>`,
  quote: (node) => html`<blockquote dir="auto">${node.children.map(drawNode)}</blockquote>`,
  list: drawList,
  link: (node) => html`<${Link} address=${node.address}>${node.children.map(drawNode)}<//>`,
  emoji: (node) => html`<${Emoji} name=${node.name} />`,
  user: (node) => html`<${Chip} kind="user" id=${node.id} label=${node.label} />`,
  channel: (node) => html`<${Chip} kind="channel" id=${node.id} label=${node.label} />`,
  broadcast: (node) => html`<${Chip} kind="broadcast" id=${node.name} />`,
  group: (node) => html`<${Chip} kind="group" id=${node.id} label=${node.label} />`,
  date: (node) => html`<${Moment} ...${node} />`,
};

function drawNode(node) {
  return DRAW[node.kind](node);
}

function drawList(node) {
  const items = node.items.map(
    (item) => html`<li class=${`indent-${item.indent}`}>${item.children.map(drawNode)}</li>`,
  );
  return node.ordered
    ? html`<ol dir="auto" start=${node.start}>
        ${items}
      </ol>`
    : html`<ul dir="auto">
        ${items}
      </ul>`;
}
