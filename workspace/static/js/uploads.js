// Files chosen on the page: upload them, and list them with a button to remove each.
import { upload } from "./api.js";
import { icon } from "./icons.js";
import { html } from "./lib.js";
import { toast } from "./notices.js";

/** Uploads files one after the other. Resolves to those that arrived; a notice says which didn't. */
export async function uploadAll(chosen) {
  const stored = [];
  for (const file of chosen) {
    const answer = await upload(file).catch((error) => ({ ok: false, message: error.message }));
    if (answer.ok && answer.file) stored.push(answer.file);
    else toast(answer.message ?? `Couldn't upload “${file.name}”. Try again.`);
  }
  return stored;
}

export function FileTags({ files, onChange }) {
  return files.map(
    (file) =>
      html`<span class="tag" key=${file.id}
        >${file.name}<button
          type="button"
          aria-label=${`Remove ${file.name}`}
          onClick=${() => onChange(files.filter((one) => one.id !== file.id))}
        >
          ${icon("close")}
        </button></span
      >`,
  );
}
