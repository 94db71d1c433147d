// rich_text: structured text. Text elements are shown as they are and never parsed.
import { Chip } from "../chips.js";
import { emoji } from "../emoji.js";
import { classes, html } from "../lib.js";
import { safeAddress } from "../mrkdwn.js";
import { Emoji, Link, Moment } from "../text.js";

export function RichText({ block }) {
  return html`<div class="rich-text">${(block.elements ?? []).map(part)}</div>`;
}

function part(element) {
  const border = element.border ? "bordered" : null;
  switch (element.type) {
    case "rich_text_list":
      return list(element, border);
    case "rich_text_quote":
      return html`<blockquote class=${border}>${element.elements.map(inline)}</blockquote>`;
    case "rich_text_preformatted":
      return html`<pre class=${border} tabindex="0">
${element.elements.map((one) => (one.type === "link" ? inline(one) : one.text))}</pre>`;
    case "rich_text_section":
      return html`<div class="lines">${element.elements.map(inline)}</div>`;
    default:
      return null;
  }
}

function list(element, border) {
  const items = element.elements.map((item) => html`<li>${(item.elements ?? []).map(inline)}</li>`);
  const name = classes(`indent-${Math.min(element.indent ?? 0, 8)}`, border);
  return element.style === "ordered"
    ? html`<ol class=${name} start=${(element.offset ?? 0) + 1}>
        ${items}
      </ol>`
    : html`<ul class=${name}>
        ${items}
      </ul>`;
}

const INLINE = {
  text: (one) => lines(one.text),
  link: (one) => {
    const address = safeAddress(one.url);
    return address ? html`<${Link} address=${address}>${one.text || address}<//>` : one.text || String(one.url ?? "");
  },
  emoji: (one) => (emoji(one.name) ? html`<${Emoji} name=${one.name} />` : fromUnicode(one)),
  user: (one) => html`<${Chip} kind="user" id=${one.user_id} />`,
  channel: (one) => html`<${Chip} kind="channel" id=${one.channel_id} />`,
  usergroup: (one) => html`<${Chip} kind="group" id=${one.usergroup_id} />`,
  team: (one) => html`<${Chip} kind="group" id=${one.team_id} />`,
  broadcast: (one) => html`<${Chip} kind="broadcast" id=${one.range} />`,
  date: (one) =>
    html`<${Moment}
      timestamp=${one.timestamp}
      format=${one.format}
      fallback=${one.fallback}
      link=${safeAddress(one.url)}
    />`,
  color: (one) => html`<span class="color-name"><${Swatch} color=${one.value} />${one.value}</span>`,
};

function inline(element) {
  const content = INLINE[element.type]?.(element) ?? element.text ?? "";
  return styled(content, element.style ?? {});
}

function styled(content, style) {
  let shown = content;
  if (style.code) shown = html`<code>${shown}</code>`;
  if (style.strike) shown = html`<s>${shown}</s>`;
  if (style.italic) shown = html`<em>${shown}</em>`;
  if (style.bold) shown = html`<strong>${shown}</strong>`;
  if (style.underline) shown = html`<u>${shown}</u>`;
  return shown;
}

function lines(text) {
  return String(text ?? "")
    .split("\n")
    .flatMap((line, at) => (at ? [html`<br />`, line] : [line]));
}

function fromUnicode(one) {
  const points = String(one.unicode ?? "")
    .split("-")
    .map((point) => Number.parseInt(point, 16));
  return points.every((point) => point > 0 && point <= 0x10ffff) ? String.fromCodePoint(...points) : `:${one.name}:`;
}

function Swatch({ color }) {
  return /^#[0-9a-f]{3,8}$/i.test(color)
    ? html`<span class="swatch" style=${{ backgroundColor: color }}></span>`
    : null;
}
