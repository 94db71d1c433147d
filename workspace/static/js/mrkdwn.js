// Slack's mrkdwn → a small tree of nodes. Pure: no DOM, so that nothing written by a person can become markup.
//
// Nodes: {kind: "text" | "code" | "bold" | "italic" | "strike" | "link" | "user" | "channel" | "broadcast" | "group" |
// "date" | "emoji" | "break" | "pre" | "quote" | "list" …} with `children`, `text` or the fields named below.

const decode = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
export { decode };

/** Only these schemes become links; anything else stays text. */
export function safeAddress(address) {
  const trimmed = String(address ?? "").trim();
  return /^(https?:\/\/|mailto:)[^\s<>"]+$/i.test(trimmed) ? trimmed : null;
}

/** A whole mrkdwn text as a list of nodes, blocks (pre, quote, list) and lines of inline nodes. */
export function parse(text) {
  const nodes = [];
  const parts = String(text ?? "").split("```");
  parts.forEach((part, at) => {
    const closed = at % 2 === 1 && at < parts.length - 1;
    if (closed) nodes.push({ kind: "pre", text: preText(part) });
    else if (at % 2 === 1) nodes.push(...parseLines("```" + part));
    else if (part !== "" || parts.length === 1) nodes.push(...parseLines(trimAround(part, at, parts.length)));
  });
  return nodes;
}

// Inside code an address written as <https://…|label> shows its label; everything else stays as it is.
const verbatim = (text) =>
  decode(text.replace(/<((?:https?:|mailto:)[^>|]*)(?:\|([^>]*))?>/g, (_, address, label) => label ?? address));
const preText = (part) => verbatim(part.replace(/^\n/, "").replace(/\n$/, ""));

function trimAround(part, at, count) {
  let trimmed = part;
  if (at > 0) trimmed = trimmed.replace(/^\n/, "");
  if (at < count - 1) trimmed = trimmed.replace(/\n$/, "");
  return trimmed;
}

const QUOTE = /^(?:&gt;|>) ?(.*)$/;
const BULLET = /^(\s*)(?:•|◦|▪︎|[-–]) +(.+)$/;
const NUMBER = /^(\s*)(\d{1,3})[.)] +(.+)$/;

function parseLines(text) {
  const lines = text.split("\n");
  const nodes = [];
  for (let at = 0; at < lines.length;) {
    const [node, next] =
      takeQuote(lines, at) ??
      takeList(lines, at, BULLET, false) ??
      takeList(lines, at, NUMBER, true) ??
      takePlain(lines, at);
    nodes.push(node);
    at = next;
  }
  return nodes;
}

function takeQuote(lines, from) {
  let at = from;
  const quoted = [];
  while (at < lines.length && QUOTE.test(lines[at])) quoted.push(QUOTE.exec(lines[at++])[1]);
  return quoted.length ? [{ kind: "quote", children: parseLines(quoted.join("\n")) }, at] : null;
}

function takeList(lines, from, pattern, ordered) {
  let at = from;
  const items = [];
  let start = 1;
  while (at < lines.length && pattern.test(lines[at])) {
    const found = pattern.exec(lines[at++]);
    if (ordered && items.length === 0) start = Number(found[2]);
    items.push({ indent: Math.min(Math.floor(found[1].length / 2), 4), children: inline(found.at(-1)) });
  }
  return items.length ? [{ kind: "list", ordered, start, items }, at] : null;
}

function takePlain(lines, from) {
  let at = from;
  const plain = [];
  while (at < lines.length && (at === from || ![QUOTE, BULLET, NUMBER].some((known) => known.test(lines[at])))) {
    plain.push(lines[at++]);
  }
  return [{ kind: "lines", children: inline(plain.join("\n")) }, at];
}

const MARKS = { "*": "bold", _: "italic", "~": "strike" };
const isWord = (letter) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);

/** Inline marks of one or more lines. */
export function inline(text) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(...plainNodes(plain));
    plain = "";
  };
  for (let at = 0; at < text.length;) {
    const [node, next] = takeInline(text, at) ?? [];
    if (node) {
      flush();
      nodes.push(node);
      at = next;
    } else {
      plain += text[at++];
    }
  }
  flush();
  return nodes;
}

function takeInline(text, at) {
  const letter = text[at];
  if (letter === "\n") return [{ kind: "break" }, at + 1];
  if (letter === "`") return takeCode(text, at);
  if (letter === "<") return takeAngle(text, at);
  if (letter in MARKS) return takeMark(text, at, letter);
  if (letter === ":") return takeEmoji(text, at);
  if (letter === "h" && !isWord(text[at - 1])) return takeAddress(text, at);
  return null;
}

function takeCode(text, at) {
  const end = text.indexOf("`", at + 1);
  if (end <= at + 1 || text.slice(at, end).includes("\n")) return null;
  return [{ kind: "code", text: verbatim(text.slice(at + 1, end)) }, end + 1];
}

function takeMark(text, at, mark) {
  if (isWord(text[at - 1]) || text[at + 1] === undefined || /\s/.test(text[at + 1]) || text[at + 1] === mark)
    return null;
  for (let end = text.indexOf(mark, at + 2); end > 0; end = text.indexOf(mark, end + 1)) {
    const inside = text.slice(at + 1, end);
    if (inside.includes("\n")) return null;
    const closes = !/\s/.test(text[end - 1]) && !isWord(text[end + 1]) && text[end + 1] !== mark;
    if (closes && balanced(inside)) return [{ kind: MARKS[mark], children: inline(inside) }, end + 1];
  }
  return null;
}

// A mark inside <…> or `…` belongs to the address or the code, and closes nothing.
function balanced(inside) {
  return (inside.match(/`/g) ?? []).length % 2 === 0 && inside.lastIndexOf("<") <= inside.lastIndexOf(">");
}

function takeEmoji(text, at) {
  const found = /^:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/i.exec(text.slice(at, at + 80));
  return found ? [{ kind: "emoji", name: found[1].toLowerCase() }, at + found[0].length] : null;
}

function takeAddress(text, at) {
  const found = /^https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"*_~\]]/.exec(text.slice(at));
  if (!found) return null;
  const address = safeAddress(decode(found[0]));
  return address
    ? [{ kind: "link", address, children: [{ kind: "text", text: address }] }, at + found[0].length]
    : null;
}

function takeAngle(text, at) {
  const end = text.indexOf(">", at);
  const inside = end > 0 ? text.slice(at + 1, end) : "";
  if (!inside || inside.includes("\n") || inside.includes("<")) return null;
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? null : inside.slice(bar + 1);
  return [angleNode(target, label), end + 1];
}

function angleNode(target, label) {
  const shown = label === null ? null : decode(label);
  if (/^@[UWB][A-Z0-9]+$/.test(target)) return { kind: "user", id: target.slice(1), label: shown };
  if (/^#[CGD][A-Z0-9]+$/.test(target)) return { kind: "channel", id: target.slice(1), label: shown };
  if (/^!(here|channel|everyone)$/.test(target)) return { kind: "broadcast", name: target.slice(1) };
  if (target.startsWith("!subteam^")) return { kind: "group", id: target.slice(9), label: shown };
  if (target.startsWith("!date^")) return dateNode(target, shown);
  const address = safeAddress(decode(target));
  if (address)
    return { kind: "link", address, children: label === null ? [{ kind: "text", text: address }] : inline(label) };
  return { kind: "text", text: shown ?? `<${decode(target)}>` };
}

function dateNode(target, fallback) {
  const [, timestamp, format, link] = target.split("^");
  return {
    kind: "date",
    timestamp: Number(timestamp),
    format: format ?? "",
    link: link ? safeAddress(decode(link)) : null,
    fallback,
  };
}

function plainNodes(text) {
  return [{ kind: "text", text: decode(text) }];
}
