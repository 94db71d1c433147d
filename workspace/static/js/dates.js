// Dates and times in the reader's time zone and language.
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", second: "2-digit" });
const long = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const plain = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

export const dateOf = (ts) => new Date(Number.parseFloat(ts) * 1000);
export const time = (date) => clock.format(date);
export const full = (date) => `${long.format(date)}, ${clockSeconds.format(date)}`;
export const dayKey = (date) => `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;

export function isoDay(date) {
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** "Today", "Yesterday", "Tomorrow", or null for any other day. */
export function nearDay(date, now = new Date()) {
  const midnight = (day) => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  const days = Math.round((midnight(date) - midnight(now)) / 86_400_000);
  return { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" }[days] ?? null;
}

export function dayTitle(date, now = new Date()) {
  return nearDay(date, now) ?? (date.getFullYear() === now.getFullYear() ? weekday : long).format(date);
}

export function lastReply(date, now = new Date()) {
  const day = nearDay(date, now);
  return day ? `${day.toLowerCase()} at ${time(date)}` : `on ${short.format(date)}`;
}

function ago(date, now) {
  const seconds = (date.getTime() - now.getTime()) / 1000;
  const steps = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
    ["second", 1],
  ];
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? steps[3];
  return relative.format(Math.round(seconds / size), unit);
}

const pretty = (format) => (date, now) => nearDay(date, now) ?? format.format(date);

const TOKENS = {
  date_num: isoDay,
  date: (date) => plain.format(date),
  date_short: (date) => short.format(date),
  date_long: (date) => long.format(date),
  date_pretty: pretty(plain),
  date_short_pretty: pretty(short),
  date_long_pretty: pretty(long),
  day_divider_pretty: pretty(long),
  date_slash: (date) => isoDay(date).replaceAll("-", "/"),
  time,
  time_secs: (date) => clockSeconds.format(date),
  ago,
};

/** Formats a timestamp in Slack's format, such as `{date_short} at {time}`. Unknown tokens stay as they are. */
export function formatTokens(timestamp, format, now = new Date()) {
  const date = new Date(timestamp * 1000);
  if (Number.isNaN(date.getTime())) return null;
  return format.replace(/\{(\w+)\}/g, (token, name) => (TOKENS[name] ? TOKENS[name](date, now) : token));
}
