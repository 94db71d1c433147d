// The values entered in one message or view, in the format of Slack's `state.values`.

/** All interactive elements with their blocks: `[{block, element}]`. */
export function elementsOf(blocks) {
  return (blocks ?? []).flatMap((block) => {
    const own = [
      block.element,
      block.accessory,
      ...(block.type === "carousel" ? [] : (block.elements ?? [])),
      ...(block.actions ?? []),
    ];
    const inner = [...(block.child_blocks ?? []), ...(block.type === "carousel" ? (block.elements ?? []) : [])];
    return [
      ...own.filter((element) => element?.action_id).map((element) => ({ block, element })),
      ...elementsOf(inner),
    ];
  });
}

const INITIAL = {
  plain_text_input: (element) => ({ value: element.initial_value || null }),
  email_text_input: (element) => ({ value: element.initial_value || null }),
  url_text_input: (element) => ({ value: element.initial_value || null }),
  number_input: (element) => ({ value: element.initial_value || null }),
  rich_text_input: (element) => ({ rich_text_value: element.initial_value ?? null }),
  static_select: (element) => ({ selected_option: element.initial_option ?? null }),
  external_select: (element) => ({ selected_option: element.initial_option ?? null }),
  users_select: (element) => ({ selected_user: element.initial_user ?? null }),
  conversations_select: (element, here) => ({
    selected_conversation: element.initial_conversation ?? current(element, here),
  }),
  channels_select: (element) => ({ selected_channel: element.initial_channel ?? null }),
  multi_static_select: (element) => ({ selected_options: element.initial_options ?? [] }),
  multi_external_select: (element) => ({ selected_options: element.initial_options ?? [] }),
  multi_users_select: (element) => ({ selected_users: element.initial_users ?? [] }),
  multi_conversations_select: (element, here) => ({
    selected_conversations: element.initial_conversations ?? [current(element, here)].filter(Boolean),
  }),
  multi_channels_select: (element) => ({ selected_channels: element.initial_channels ?? [] }),
  datepicker: (element) => ({ selected_date: element.initial_date ?? null }),
  timepicker: (element) => ({ selected_time: element.initial_time ?? null }),
  datetimepicker: (element) => ({ selected_date_time: element.initial_date_time ?? null }),
  radio_buttons: (element) => ({ selected_option: element.initial_option ?? null }),
  checkboxes: (element) => ({ selected_options: element.initial_options ?? [] }),
  file_input: () => ({ files: [] }),
};

const current = (element, here) => (element.default_to_current_conversation && here ? here : null);

export class Form {
  #records = new Map(); // "block_id\naction_id\ntype" → record
  #listeners = new Set();
  pressed = new Map(); // feedback buttons: action_id → side; not part of the state

  constructor(here = null) {
    this.here = here;
  }

  /**
   * Adapts to changed blocks. A new element starts with its initial value, and a removed one is forgotten. An element
   * with the same block_id, action_id and type keeps its value, as in Slack when a view is updated.
   */
  sync(blocks) {
    const records = new Map();
    for (const { block, element } of elementsOf(blocks)) {
      if (!INITIAL[element.type]) continue;
      const key = keyOf(block, element);
      records.set(key, this.#records.get(key) ?? { type: element.type, ...INITIAL[element.type](element, this.here) });
    }
    this.#records = records;
  }

  get(block, element) {
    return this.#records.get(keyOf(block, element)) ?? { type: element.type };
  }

  set(block, element, fields) {
    this.#records.set(keyOf(block, element), { type: element.type, ...fields });
    for (const listener of [...this.#listeners]) listener(block);
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `{values: {block_id: {action_id: record}}}` */
  state() {
    const values = {};
    for (const [key, record] of this.#records) {
      const [block, action] = key.split("\n");
      (values[block] ??= {})[action] = record;
    }
    return { values };
  }
}

const keyOf = (block, element) => `${block.block_id}\n${element.action_id}\n${element.type}`;

const forms = new Map();

/** The form of a message or view. It stays the same when the message or view is redrawn. */
export function formFor(key, here) {
  if (!forms.has(key)) forms.set(key, new Form(here));
  return forms.get(key);
}
