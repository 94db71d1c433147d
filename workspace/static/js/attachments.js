// Legacy attachments: blocks or the old fields, beside a coloured bar.
import { Blocks } from "./blocks/index.js";
import { Picture } from "./elements/picture.js";
import { html } from "./lib.js";
import { safeAddress } from "./mrkdwn.js";
import { Link, Mrkdwn } from "./text.js";

const NAMED = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

function colour(given) {
  const wanted = NAMED[given] ?? (String(given ?? "").startsWith("#") ? given : `#${given}`);
  return /^#[0-9a-f]{3,8}$/i.test(wanted) ? wanted : undefined;
}

export function Attachment({ attachment }) {
  const address = safeAddress(attachment.title_link);
  const words = html`<${Mrkdwn} text=${attachment.title} />`;
  const title = address ? html`<${Link} address=${address}>${words}<//>` : words;
  const image = { image_url: attachment.image_url, alt_text: attachment.fallback ?? "Image" };
  return html`<div class="attachment-around">
    ${attachment.pretext && html`<div class="pretext"><${Mrkdwn} text=${attachment.pretext} /></div>`}
    <div class="attachment" style=${{ borderInlineStartColor: colour(attachment.color) }}>
      ${attachment.author_name && html`<div class="attachment-author">${attachment.author_name}</div>`}
      ${attachment.title && html`<div class="attachment-title">${title}</div>`}
      ${attachment.text && html`<div><${Mrkdwn} text=${attachment.text} /></div>`}
      ${
        attachment.fields?.length > 0 &&
        html`<dl class="fields">
          ${attachment.fields.map(
            (field) =>
              html`<div class="field">
                <dt>${field.title}</dt>
                <dd><${Mrkdwn} text=${field.value} /></dd>
              </div>`,
          )}
        </dl>`
      }
      ${attachment.blocks && html`<${Blocks} blocks=${attachment.blocks} />`}
      ${attachment.image_url && html`<${Picture} image=${image} className="image" />`}
      ${attachment.footer && html`<div class="attachment-footer"><${Mrkdwn} text=${attachment.footer} /></div>`}
    </div>
  </div>`;
}
