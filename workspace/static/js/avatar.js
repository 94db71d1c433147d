// A person's picture: coloured initials, or the icon of the message.
import { emoji } from "./emoji.js";
import { classes, html } from "./lib.js";

// A person's colour is darkened so that white letters are readable on it.
const colour = (given) =>
  `color-mix(in srgb, ${/^[0-9a-f]{6}$/i.test(given ?? "") ? `#${given}` : "#7a8890"} 62%, black)`;

function initials(name) {
  const words = String(name ?? "?")
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word[0] ?? ""));
  return (words[0]?.[0] ?? "?") + (words.length > 1 ? words.at(-1)[0] : "");
}

export function Avatar({ author, size = "normal" }) {
  const name = classes("avatar", `avatar-${size}`, author.bot && "avatar-app");
  if (author.emoji)
    return html`<span class=${name} aria-hidden="true">${emoji(author.emoji.replaceAll(":", "")) ?? "•"}</span>`;
  if (author.image?.startsWith("https://") || author.image?.startsWith("/files/"))
    return html`<img class=${name} src=${author.image} alt="" />`;
  return html`<span class=${name} style=${{ backgroundColor: colour(author.color) }} aria-hidden="true"
    >${initials(author.name).toUpperCase()}</span
  >`;
}
