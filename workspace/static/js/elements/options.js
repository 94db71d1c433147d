// The options of a select: `{key, label, detail, raw}`. The app receives `raw`.
import * as api from "../api.js";
import { useEffect, useMemo, useState } from "../lib.js";
import { channelLabel, personName, useWorkspace } from "../state.js";
import { textOf } from "../text.js";

export const sourceOf = (type) => type.replace(/^multi_/, "").replace(/_select$/, "");

const fromSlack = (option) => ({
  key: String(option.value),
  label: textOf(option.text),
  detail: textOf(option.description),
  raw: option,
});

function grouped(source) {
  if (source.option_groups)
    return source.option_groups.map((group) => ({
      label: textOf(group.label),
      options: (group.options ?? []).map(fromSlack),
    }));
  return [{ label: "", options: (source.options ?? []).map(fromSlack) }];
}

/** `{groups, note}`: groups of options that match the typed text, and a note if there are none. */
export function useOptions({ block, element, container, query, open }) {
  const source = sourceOf(element.type);
  const known = useKnown(source, element);
  const asked = useExternal({ active: source === "external" && open, block, element, container, query });
  return useMemo(() => {
    if (source === "external") return asked;
    const groups = matching(known, query);
    return { groups, note: groups.length ? "" : "No matches" };
  }, [source, known, asked, query]);
}

function matching(groups, query) {
  const wanted = query.trim().toLowerCase();
  const fits = (option) => `${option.label} ${option.search ?? ""}`.toLowerCase().includes(wanted);
  return groups
    .map((group) => ({ ...group, options: wanted ? group.options.filter(fits) : group.options }))
    .filter((group) => group.options.length);
}

function useKnown(source, element) {
  const users = useWorkspace((state) => state.users);
  const people = useWorkspace((state) => state.people);
  const channels = useWorkspace((state) => state.channels);
  const order = useWorkspace((state) => state.channelOrder);
  const app = useWorkspace((state) => state.app);
  return useMemo(() => {
    const state = { users, channels, app };
    if (source === "static") return grouped(element);
    if (source === "users") return [{ label: "", options: people.map((id) => person(users[id])) }];
    if (source === "channels" || source === "conversations") {
      const all = order
        .map((id) => channels[id])
        .filter((channel) => (source === "channels" ? isPublic(channel) : passes(channel, element.filter)));
      return [
        {
          label: "",
          options: all.map((channel) => ({ key: channel.id, label: channelLabel(state, channel), raw: channel.id })),
        },
      ];
    }
    return [];
  }, [source, element, users, people, channels, order, app]);
}

const person = (user) => ({
  key: user.id,
  label: personName(user),
  detail: user.title,
  search: user.name,
  raw: user.id,
});
const isPublic = (channel) => !channel.is_private && !channel.is_im && !channel.is_app;

function passes(channel, filter) {
  if (filter?.exclude_bot_users && channel.is_app) return false;
  const kind = channel.is_im || channel.is_app ? "im" : channel.is_private ? "private" : "public";
  return !filter?.include || filter.include.includes(kind);
}

const CALM = 250;

/** Asks the app for options once enough was typed and the person pauses. */
function useExternal({ active, block, element, container, query }) {
  const least = element.min_query_length ?? 3;
  const [found, setFound] = useState({ groups: [], note: "" });
  useEffect(() => {
    if (!active) return undefined;
    if (query.trim().length < least) {
      setFound({ groups: [], note: `Type at least ${least} character${least === 1 ? "" : "s"}` });
      return undefined;
    }
    let current = true;
    setFound((before) => ({ ...before, note: "Loading…" }));
    const timer = setTimeout(async () => {
      const answer = await ask({ container, block_id: block.block_id, action_id: element.action_id, value: query });
      if (current) setFound(answer);
    }, CALM);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [active, query, block.block_id, element.action_id]);
  return found;
}

async function ask(question) {
  try {
    const answer = await api.options(question);
    if (answer.ok === false) return { groups: [], note: answer.message ?? "Couldn't load the options. Try again." };
    const groups = grouped(answer).filter((group) => group.options.length);
    return { groups, note: groups.length ? "" : "No matches" };
  } catch (error) {
    return { groups: [], note: error.message };
  }
}

/** The selected options. `record` is the element's entry in the state. */
export function useChosen(element, record) {
  const users = useWorkspace((state) => state.users);
  const channels = useWorkspace((state) => state.channels);
  const app = useWorkspace((state) => state.app);
  const held = [record[FIELD[element.type]] ?? []].flat().filter(Boolean);
  return held.map((one) => {
    if (typeof one !== "string") return fromSlack(one);
    if (users[one]) return person(users[one]);
    const label = channels[one] ? channelLabel({ users, channels, app }, channels[one]) : one;
    return { key: one, label, raw: one };
  });
}

/** The field of Slack's state that holds the selection. */
export const FIELD = {
  static_select: "selected_option",
  external_select: "selected_option",
  users_select: "selected_user",
  conversations_select: "selected_conversation",
  channels_select: "selected_channel",
  multi_static_select: "selected_options",
  multi_external_select: "selected_options",
  multi_users_select: "selected_users",
  multi_conversations_select: "selected_conversations",
  multi_channels_select: "selected_channels",
};
