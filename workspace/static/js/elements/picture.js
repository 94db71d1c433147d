// An image of a block. If its URL isn't allowed by the page's policy, its description is shown instead.
import { fileAddress } from "../api.js";
import { html, useState } from "../lib.js";

const allowed = (address) => /^(https:\/\/|data:image\/)/.test(address) || address.startsWith(`${location.origin}/`);

export function addressOf(image) {
  const given =
    image.image_url ??
    image.slack_file?.url ??
    image.slack_file?.url_private ??
    (image.slack_file?.id ? `/files/${image.slack_file.id}/image` : "");
  return fileAddress(String(given)) ?? (allowed(String(given)) ? given : null);
}

export function Picture({ image, className }) {
  const [failed, setFailed] = useState(false);
  const address = addressOf(image);
  const description = String(image.alt_text ?? "");
  if (!address || failed)
    return html`<span class=${`${className} missing-image`} role="img" aria-label=${description}
      >${description || "Image"}</span
    >`;
  const size = image.image_width && image.image_height ? { width: image.image_width, height: image.image_height } : {};
  return html`<img
    class=${className}
    src=${address}
    alt=${description}
    title=${description}
    loading="lazy"
    ...${size}
    onError=${() => setFailed(true)}
  />`;
}
