// Looks up the characters of :short_names: in the table in vendor/.
const names = new Map();
let ready = null;

const character = (hex) => {
  const points = hex.split("-").map((point) => Number.parseInt(point, 16));
  // Without the variation selector some single characters appear as text instead of pictures.
  return String.fromCodePoint(...points) + (points.length === 1 ? "\uFE0F" : "");
};

/** Loads the table once. Without it the page shows the names as text. */
export function loadEmoji() {
  ready ??= fetch("/static/vendor/emoji-iamcal.json")
    .then((answer) => answer.json())
    .then((table) => {
      for (const [hex, given] of Object.entries(table)) {
        for (const name of [given].flat()) names.set(name, character(hex));
      }
    })
    .catch(() => {});
  return ready;
}

const TONES = { 2: "\u{1F3FB}", 3: "\u{1F3FC}", 4: "\u{1F3FD}", 5: "\u{1F3FE}", 6: "\u{1F3FF}" };

/** The character of a short name ("tada", "wave::skin-tone-3"), or null. */
export function emoji(name) {
  const [base, tone] = name.split("::skin-tone-");
  const found = names.get(base);
  if (!found) return null;
  return TONES[tone] ? found.replace("\uFE0F", "") + TONES[tone] : found;
}

/** Up to `limit` pairs [name, character]: names that start with the query first, then names that contain it. */
export function findEmoji(query, limit = 8) {
  const starts = [];
  const contains = [];
  for (const [name, picture] of names) {
    if (name.startsWith(query)) starts.push([name, picture]);
    else if (name.includes(query)) contains.push([name, picture]);
  }
  return [...starts, ...contains].slice(0, limit);
}

export const EVERYDAY = [
  "+1",
  "-1",
  "tada",
  "eyes",
  "white_check_mark",
  "heart",
  "raised_hands",
  "pray",
  "joy",
  "smile",
  "thinking_face",
  "wave",
  "rocket",
  "bulb",
  "warning",
  "x",
  "question",
  "exclamation",
  "100",
  "fire",
  "clap",
  "muscle",
  "calendar",
  "memo",
];
