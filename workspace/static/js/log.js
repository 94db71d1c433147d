// Lists of messages, oldest first, one per timestamp. Every function returns a new list.

/** Inserts a message by its timestamp, replacing one with the same timestamp. */
export function insertMessage(list, message) {
  let at = list.length;
  while (at > 0 && list[at - 1].ts > message.ts) at -= 1;
  const replaces = at > 0 && list[at - 1].ts === message.ts;
  const next = list.slice();
  next.splice(replaces ? at - 1 : at, replaces ? 1 : 0, message);
  return next;
}

/** Replaces the message with the same timestamp. Returns the same list if there is none. */
export function replaceMessage(list, message) {
  const at = list.findIndex((one) => one.ts === message.ts);
  if (at < 0) return list;
  const next = list.slice();
  next[at] = { ...list[at], ...message };
  for (const field of ["blocks", "attachments", "reactions", "files", "streaming"]) {
    if (!(field in message)) delete next[at][field];
  }
  return next;
}

export function removeMessage(list, ts) {
  const next = list.filter((one) => one.ts !== ts);
  return next.length === list.length ? list : next;
}

export function mergeMessages(older, newer) {
  return newer.reduce(insertMessage, older);
}

export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** Whether a message appears in the channel itself. A reply does only if it was also sent to the channel. */
export const inChannel = (message) => !isReply(message) || message.subtype === "thread_broadcast";
