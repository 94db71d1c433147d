import { html, useRef, useState } from "../lib.js";
import { useField } from "../surface.js";
import { FileTags, uploadAll } from "../uploads.js";

export function FileInput({ block, element, id, labelledby, describedby, invalid }) {
  const [record, set] = useField(block, element);
  const [busy, setBusy] = useState(false);
  const input = useRef();
  const files = record.files ?? [];
  const most = element.max_files ?? 10;
  async function take(event) {
    const chosen = [...event.target.files].slice(0, most - files.length);
    event.target.value = "";
    setBusy(true);
    const stored = await uploadAll(chosen);
    setBusy(false);
    set({ files: [...files, ...stored] });
  }
  const accept = element.filetypes?.map((type) => `.${type}`).join(",");
  return html`<div class="file-input" role="group" aria-labelledby=${labelledby} aria-describedby=${describedby}>
    <input
      type="file"
      class="hidden"
      id=${id}
      ref=${input}
      tabindex="-1"
      aria-labelledby=${labelledby}
      accept=${accept}
      multiple=${most > 1}
      onChange=${take}
    />
    <${FileTags} files=${files} onChange=${(left) => set({ files: left })} />
    <button
      type="button"
      class="button"
      disabled=${busy || files.length >= most}
      aria-invalid=${invalid ? "true" : undefined}
      onClick=${() => input.current.click()}
    >
      ${busy ? "Uploading…" : files.length ? "Add another file" : "Choose a file"}
    </button>
  </div>`;
}
