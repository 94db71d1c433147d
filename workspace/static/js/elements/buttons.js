// Buttons, feedback buttons and icon buttons.
import { icon } from "../icons.js";
import { classes, html, useState } from "../lib.js";
import { safeAddress } from "../mrkdwn.js";
import { useWorkspace } from "../state.js";
import { useDispatch, useSurface } from "../surface.js";
import { Text, textOf } from "../text.js";

const STYLES = ["primary", "danger"];

export function Button({ block, element }) {
  const [busy, dispatch] = useDispatch(block, element);
  const address = safeAddress(element.url);
  const press = () => {
    if (address && !element.confirm) window.open(address, "_blank", "noopener,noreferrer");
    dispatch({ text: element.text, value: element.value });
  };
  return html`<button
    type="button"
    class=${classes("button", STYLES.includes(element.style) && element.style)}
    aria-busy=${busy ? "true" : undefined}
    aria-label=${element.accessibility_label}
    onClick=${press}
  >
    <${Text} object=${element.text} />${busy && html`<span class="spin" aria-hidden="true"></span>`}
  </button>`;
}

/** The pressed button is remembered on this page only: Slack sends nothing when feedback is taken back. */
export function FeedbackButtons({ block, element }) {
  const { form } = useSurface();
  const [chosen, choose] = useState(form.pressed.get(element.action_id));
  const [busy, dispatch] = useDispatch(block, element);
  const press = (side, given) => {
    form.pressed.set(element.action_id, side);
    choose(side);
    dispatch({ text: given.text, value: given.value });
  };
  const one = (side, given, picture) =>
    html`<button
      type="button"
      class="icon-button feedback"
      disabled=${busy}
      aria-pressed=${String(chosen === side)}
      aria-label=${given.accessibility_label ?? textOf(given.text)}
      title=${textOf(given.text)}
      onClick=${() => press(side, given)}
    >
      ${icon(picture)}
    </button>`;
  return html`<span class="feedback-buttons" role="group" aria-label="Feedback">
    ${one("positive", element.positive_button, "up_thumb")}${one("negative", element.negative_button, "down_thumb")}
  </span>`;
}

export function IconButton({ block, element }) {
  const [busy, dispatch] = useDispatch(block, element);
  const me = useWorkspace((state) => state.me?.id);
  if (element.visible_to_user_ids?.length && !element.visible_to_user_ids.includes(me)) return null;
  return html`<button
    type="button"
    class="icon-button"
    disabled=${busy}
    aria-label=${element.accessibility_label ?? textOf(element.text)}
    title=${textOf(element.text)}
    onClick=${() => dispatch({ text: element.text, value: element.value })}
  >
    ${icon(element.icon)}
  </button>`;
}
