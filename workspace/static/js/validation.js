// Checks values before they are submitted, with the same messages as the server.
const EMPTY = "Please complete this required field.";

/** The errors of input blocks: `{block_id: sentence}`. */
export function check(blocks, form) {
  const wrong = {};
  for (const block of blocks.filter((one) => one.type === "input" && one.element)) {
    const sentence = findError(block, form.get(block, block.element));
    if (sentence) wrong[block.block_id] = sentence;
  }
  return wrong;
}

function findError(block, record) {
  const { type, ...fields } = record;
  const held = Object.values(fields)[0];
  const empty =
    held === null ||
    held === undefined ||
    (typeof held === "string" && held.trim() === "") ||
    (Array.isArray(held) && held.length === 0);
  if (empty) return block.optional ? null : EMPTY;
  return RULES[type]?.(held, block.element) ?? null;
}

const RULES = {
  plain_text_input: lengths,
  email_text_input: (value) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? null : "Must be a valid email address."),
  url_text_input: (value) => (/^https?:\/\/[^\s.]+\.?\S+$/i.test(value) ? null : "Must be a valid URL."),
  number_input: number,
};

function lengths(value, { min_length, max_length }) {
  if (min_length && value.length < min_length) return `Must be at least ${min_length} characters.`;
  if (max_length && value.length > max_length) return `Must be at most ${max_length} characters.`;
  return null;
}

function number(value, { is_decimal_allowed, min_value, max_value }) {
  const text = value.trim();
  if (!/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text)) return "Must be a number.";
  if (!is_decimal_allowed && !/^[-+]?\d+$/.test(text)) return "Must be a whole number.";
  if (min_value !== undefined && Number(text) < Number(min_value)) return `Must be ${min_value} or more.`;
  if (max_value !== undefined && Number(text) > Number(max_value)) return `Must be ${max_value} or less.`;
  return null;
}
