// Block elements: one component per type. Input blocks set `labelledby`, `describedby`, `id`, `invalid` and `required`.
import { html } from "../lib.js";
import { Button, FeedbackButtons, IconButton } from "./buttons.js";
import { Checkboxes, RadioButtons } from "./choices.js";
import { DateInput, DateTimeInput, TimeInput } from "./dates.js";
import { FileInput } from "./file_input.js";
import { Overflow } from "./overflow.js";
import { Picture } from "./picture.js";
import { Select } from "./select.js";
import { RichTextInput, TextInput } from "./text_inputs.js";

const ELEMENTS = {
  button: Button,
  feedback_buttons: FeedbackButtons,
  icon_button: IconButton,
  overflow: Overflow,
  checkboxes: Checkboxes,
  radio_buttons: RadioButtons,
  datepicker: DateInput,
  timepicker: TimeInput,
  datetimepicker: DateTimeInput,
  plain_text_input: TextInput,
  email_text_input: TextInput,
  url_text_input: TextInput,
  number_input: TextInput,
  rich_text_input: RichTextInput,
  file_input: FileInput,
  static_select: Select,
  external_select: Select,
  users_select: Select,
  conversations_select: Select,
  channels_select: Select,
  multi_static_select: Select,
  multi_external_select: Select,
  multi_users_select: Select,
  multi_conversations_select: Select,
  multi_channels_select: Select,
};

export function Element({ element, ...rest }) {
  if (!element) return null;
  if (element.type === "image") return html`<${Picture} image=${element} className="accessory-image" />`;
  if (element.type === "workflow_button") return null; // workflows only run in Slack
  const Kind = ELEMENTS[element.type];
  if (!Kind) return html`<span class="unknown-block">This page can't show “${String(element.type)}” elements.</span>`;
  return html`<${Kind} key=${`${element.type}/${element.action_id}`} element=${element} ...${rest} />`;
}
