// Images, videos and files inside blocks.
import { FileCard } from "../files.js";
import { Picture } from "../elements/picture.js";
import { html, useState } from "../lib.js";
import { icon } from "../icons.js";
import { safeAddress } from "../mrkdwn.js";
import { Link, Text, textOf } from "../text.js";

export function ImageBlock({ block }) {
  const [open, setOpen] = useState(true);
  const title = textOf(block.title);
  return html`<figure class="image-block">
    ${
      title &&
      html`<figcaption>
        <${Text} object=${block.title} />
        <button
          type="button"
          class="fold-image"
          aria-expanded=${String(open)}
          aria-label=${`${open ? "Hide" : "Show"} image: ${title}`}
          onClick=${() => setOpen(!open)}
        >
          ${icon(open ? "down" : "right")}
        </button>
      </figcaption>`
    }
    ${open && html`<${Picture} image=${block} className="image" />`}
  </figure>`;
}

export function Video({ block }) {
  const address = safeAddress(block.title_url) ?? safeAddress(block.video_url);
  const title = html`<${Text} object=${block.title} />`;
  const by = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  return html`<div class="video">
    <div class="video-title">${address ? html`<${Link} address=${address}>${title}<//>` : title}</div>
    ${by && html`<div class="video-by">${by}</div>`}
    ${block.description && html`<div><${Text} object=${block.description} /></div>`}
    <div class="video-picture">
      <${Picture} image=${{ image_url: block.thumbnail_url, alt_text: block.alt_text }} className="image" />
    </div>
  </div>`;
}

export function FileBlock({ block }) {
  return html`<${FileCard} file=${{ name: block.external_id ?? "File", ...block.file }} />`;
}
