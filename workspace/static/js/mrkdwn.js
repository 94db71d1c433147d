// Parses Slack's mrkdwn into a small tree of nodes. It uses no DOM, so nothing a person writes can become markup.
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

/** Parses mrkdwn into a list of nodes: blocks (pre, quote, list) and lines of inline nodes. */
export function parse(text) {
  const parts = String(text ?? "").split("```");
  return parts.flatMap((part, at) => {
    const closed = at % 2 === 1 && at < parts.length - 1;
    if (closed) return { kind: "pre", text: preText(part) };
    if (at % 2 === 1) return parseLines("```" + part, BLOCKS);
    return part !== "" || parts.length === 1 ? parseLines(trimAround(part, at, parts.length), BLOCKS) : [];
  });
}

// In code, a link such as <https://…|label> shows its label. Everything else stays as it is.
const verbatim = (text) =>
  decode(text.replace(/<((?:https?:|mailto:)[^<>|]*)(?:\|([^<>]*))?>/gi, (_, address, label) => label ?? address));
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

// Blocks that a line can start. As in Slack, quotes can't be nested: the mark of a second one is text.
const IN_QUOTE = [
  { line: BULLET, take: (lines, at) => takeList(lines, at, BULLET, false) },
  { line: NUMBER, take: (lines, at) => takeList(lines, at, NUMBER, true) },
];
const BLOCKS = [{ line: QUOTE, take: takeQuote }, ...IN_QUOTE];

function parseLines(text, blocks) {
  const lines = text.split("\n");
  const blockAt = (at) => blocks.find((block) => block.line.test(lines[at]));
  const nodes = [];
  for (let at = 0; at < lines.length;) {
    const [node, next] = blockAt(at)?.take(lines, at) ?? takePlain(lines, at, blockAt);
    nodes.push(node);
    at = next;
  }
  return nodes;
}

function takeQuote(lines, from) {
  let at = from;
  const quoted = [];
  while (at < lines.length && QUOTE.test(lines[at])) quoted.push(QUOTE.exec(lines[at++])[1]);
  return [{ kind: "quote", children: parseLines(quoted.join("\n"), IN_QUOTE) }, at];
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
  return [{ kind: "list", ordered, start, items }, at];
}

function takePlain(lines, from, blockAt) {
  let at = from + 1;
  while (at < lines.length && !blockAt(at)) at += 1;
  return [{ kind: "lines", children: inline(lines.slice(from, at).join("\n")) }, at];
}

const MARKS = { "*": "bold", _: "italic", "~": "strike" };
const isWord = (letter) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);

/** Parses inline marks of one or more lines. It makes one pass over the text, so hostile input can't slow it down. */
export function inline(text) {
  const atoms = new Map(); // start → [node, end]
  const closed = new Map(); // start of a mark → position of the mark that closes it
  let open = {};
  for (let at = 0; at < text.length;) {
    const letter = text[at];
    const atom = takeAtom(text, at);
    if (atom) atoms.set(at, atom);
    if (letter === "\n") open = {};
    if (letter in MARKS && closes(text, at)) {
      for (const from of open[letter] ?? []) closed.set(from, at);
      open[letter] = [];
    }
    if (letter in MARKS && opens(text, at)) (open[letter] ??= []).push(at);
    at = atom ? atom[1] : at + 1;
  }
  return nested({ text, atoms, closed }, 0, text.length);
}

const opens = (text, at) =>
  !isWord(text[at - 1]) && text[at + 1] !== undefined && !/\s/.test(text[at + 1]) && text[at + 1] !== text[at];
const closes = (text, at) => at > 0 && !/\s/.test(text[at - 1]) && !isWord(text[at + 1]) && text[at + 1] !== text[at];

function nested(read, from, to) {
  const { text, atoms, closed } = read;
  const nodes = [];
  let plain = from; // start of the text that isn't in a node yet
  const flush = (at) => {
    if (at > plain) nodes.push({ kind: "text", text: decode(text.slice(plain, at)) });
  };
  for (let at = from; at < to;) {
    const end = closed.get(at) ?? to;
    const [node, next] =
      atoms.get(at) ??
      (end < to ? [{ kind: MARKS[text[at]], children: nested(read, at + 1, end) }, end + 1] : [null, at + 1]);
    if (node) {
      flush(at);
      nodes.push(node);
      plain = next;
    }
    at = next;
  }
  flush(to);
  return nodes;
}

// Atoms: marks inside them don't count.
const CODE = /`([^`\n]+)`/y;
const EMOJI = /:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/iy;
const ADDRESS = /(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"*_~\]])/iy;
const ANGLE = /<([^<>|\n]+)(?:\|([^<>\n]*))?>/y;

function takeAtom(text, at) {
  const letter = text[at];
  if (letter === "\n") return [{ kind: "break" }, at + 1];
  if (letter === "`") return take(CODE, text, at, (code) => ({ kind: "code", text: verbatim(code) }));
  if (letter === ":") return take(EMOJI, text, at, (name) => ({ kind: "emoji", name: name.toLowerCase() }));
  if (letter === "<") return take(ANGLE, text, at, angleNode);
  if (/h/i.test(letter) && !isWord(text[at - 1])) return take(ADDRESS, text, at, linkNode);
  return null;
}

function take(pattern, text, at, node) {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  const taken = found && node(...found.slice(1));
  return taken ? [taken, at + found[0].length] : null;
}

function angleNode(target, label) {
  const shown = label === undefined ? null : decode(label);
  if (/^@[UWB][A-Z0-9]+$/.test(target)) return { kind: "user", id: target.slice(1), label: shown };
  if (/^#[CGD][A-Z0-9]+$/.test(target)) return { kind: "channel", id: target.slice(1), label: shown };
  if (/^!(here|channel|everyone)$/.test(target)) return { kind: "broadcast", name: target.slice(1) };
  if (target.startsWith("!subteam^")) return { kind: "group", id: target.slice(9), label: shown };
  if (target.startsWith("!date^")) return dateNode(target, shown);
  return linkNode(target, label) ?? { kind: "text", text: shown ?? `<${decode(target)}>` };
}

function linkNode(target, label) {
  const address = safeAddress(decode(target));
  if (!address) return null;
  return { kind: "link", address, children: label === undefined ? [{ kind: "text", text: address }] : inline(label) };
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
