// Standard Markdown. markdown-it doesn't pass on HTML from the author, and DOMPurify sanitizes its output as well.
import { html, useEffect, useRef } from "../lib.js";
import { emoji } from "../emoji.js";
import { safeAddress } from "../mrkdwn.js";

const TAGS = [
  "p",
  "br",
  "hr",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "strong",
  "em",
  "s",
  "del",
  "code",
  "pre",
  "blockquote",
  "ul",
  "ol",
  "li",
  "a",
  "table",
  "thead",
  "tbody",
  "tr",
  "th",
  "td",
];
const RULES = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ["href", "start"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

let tools = null;

function loadTools() {
  tools ??= Promise.all([import("../../vendor/markdown-it.js"), import("../../vendor/purify.js")]).then(
    ([markdown, purify]) => ({
      markdown: new markdown.default({ html: false, linkify: true, breaks: true }).disable(["image"]),
      purify: purify.default,
    }),
  );
  return tools;
}

export function MarkdownBlock({ block }) {
  return html`<${Markdown} text=${block.text} />`;
}

export function Markdown({ text }) {
  const place = useRef();
  useEffect(() => {
    let current = true;
    loadTools().then((loaded) => current && place.current?.replaceChildren(sanitizedHtml(loaded, text)));
    return () => {
      current = false;
    };
  }, [text]);
  return html`<div class="markdown" ref=${place}></div>`;
}

function sanitizedHtml({ markdown, purify }, text) {
  const fragment = purify.sanitize(markdown.render(withEmoji(String(text ?? ""))), RULES);
  for (const link of fragment.querySelectorAll("a")) {
    const address = safeAddress(link.getAttribute("href"));
    if (!address) link.replaceWith(...link.childNodes);
    else Object.assign(link, { href: address, target: "_blank", rel: "noopener noreferrer" });
  }
  for (const heading of fragment.querySelectorAll("h1, h2, h3, h4, h5, h6")) lowerHeading(heading);
  for (const wide of fragment.querySelectorAll("table, pre")) wide.setAttribute("tabindex", "0");
  return fragment;
}

// The page's own headings come first: an author's first level becomes the page's third.
function lowerHeading(heading) {
  const level = Math.min(Number(heading.localName[1]) + 2, 6);
  const lowered = document.createElement(`h${level}`);
  lowered.className = `heading-${heading.localName[1]}`;
  lowered.append(...heading.childNodes);
  heading.replaceWith(lowered);
}

const withEmoji = (text) =>
  text.replace(
    /(^|\s):([a-z0-9_+-]+):(?=\s|$|[.,;!?])/gim,
    (written, before, name) => before + (emoji(name.toLowerCase()) ?? `:${name}:`),
  );
