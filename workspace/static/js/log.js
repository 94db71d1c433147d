// Lists of messages, oldest first, one entry a timestamp. Pure: every function answers a new list.

/** Puts a message where its timestamp belongs; one with the same timestamp is replaced. */
export function withMessage(list, message) {
  let at = list.length;
  while (at > 0 && list[at - 1].ts > message.ts) at -= 1;
  const replaces = at > 0 && list[at - 1].ts === message.ts;
  const next = list.slice();
  next.splice(replaces ? at - 1 : at, replaces ? 1 : 0, message);
  return next;
}

/** Replaces the message of the same timestamp; the same list comes back when there is none. */
export function changed(list, message) {
  const at = list.findIndex((one) => one.ts === message.ts);
  if (at < 0) return list;
  const next = list.slice();
  next[at] = { ...list[at], ...message };
  for (const field of ["blocks", "attachments", "reactions", "files", "streaming"]) {
    if (!(field in message)) delete next[at][field];
  }
  return next;
}

export function without(list, ts) {
  const next = list.filter((one) => one.ts !== ts);
  return next.length === list.length ? list : next;
}

export function merged(older, newer) {
  return newer.reduce(withMessage, older);
}

export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** Whether a message stands in the channel itself (a reply does only when it was also sent to the channel). */
export const inChannel = (message) => !isReply(message) || message.subtype === "thread_broadcast";
