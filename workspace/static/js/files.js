// Files of a message: pictures are shown, other files are cards with a download link.
import { fileAddress } from "./api.js";
import { icon } from "./icons.js";
import { html } from "./lib.js";
import { Picture } from "./elements/picture.js";
import { safeAddress } from "./mrkdwn.js";

const isPicture = (file) =>
  /^image\/(png|jpe?g|gif|webp)$/.test(file.mimetype ?? "") ||
  ["png", "jpg", "jpeg", "gif", "webp"].includes(file.filetype);

function addressOf(file) {
  const given = file.url_private ?? file.permalink ?? "";
  return fileAddress(given) ?? safeAddress(given);
}

function sizeText(bytes) {
  if (!bytes) return "";
  const [size, unit] =
    bytes < 1024 ? [bytes, "bytes"] : bytes < 1_048_576 ? [bytes / 1024, "kB"] : [bytes / 1_048_576, "MB"];
  return `${Math.round(size * 10) / 10} ${unit}`;
}

export function Files({ files }) {
  return html`<div class="files">
    ${files.map((file) => {
      const Kind = isPicture(file) && addressOf(file) ? PictureFile : FileCard;
      return html`<${Kind} key=${file.id} file=${file} />`;
    })}
  </div>`;
}

function PictureFile({ file }) {
  const title = file.title || file.name;
  return html`<figure class="picture-file">
    <figcaption>${title}</figcaption>
    <a href=${addressOf(file)} target="_blank" rel="noopener noreferrer" aria-label=${`Open ${title}`}>
      <${Picture} image=${{ image_url: addressOf(file), alt_text: file.alt_txt || title }} className="image"
    /></a>
  </figure>`;
}

export function FileCard({ file }) {
  const address = addressOf(file);
  const kind = [file.pretty_type || (file.filetype ?? "").toUpperCase(), sizeText(file.size)]
    .filter(Boolean)
    .join(" · ");
  const inner = html`<span class="file-icon">${icon("file")}</span
    ><span><span class="file-name">${file.title || file.name}</span><small>${kind || "File"}</small></span>`;
  return address
    ? html`<a class="file-card" href=${address} target="_blank" rel="noopener noreferrer" download=${file.name}
        >${inner}${icon("download")}</a
      >`
    : html`<div class="file-card">${inner}</div>`;
}
