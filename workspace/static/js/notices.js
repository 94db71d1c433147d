// Short notices, and requests that show one if they fail.
import { Unreachable } from "./api.js";
import { store } from "./state.js";

let count = 0;

export function toast(message, kind = "error") {
  const id = (count += 1);
  store.set((state) => ({ toasts: [...state.toasts.filter((one) => one.message !== message), { id, message, kind }] }));
  setTimeout(() => dismiss(id), kind === "error" ? 12_000 : 5_000);
}

export function dismiss(id) {
  store.set((state) => ({ toasts: state.toasts.filter((one) => one.id !== id) }));
}

/** Waits for a request. Resolves to null if it failed: errors are shown in a toast and never thrown. */
export async function attempt(request, sentence) {
  try {
    const answer = await request;
    if (answer.ok === false) toast(answer.message || sentence || `That didn't work (${answer.error}).`);
    return answer;
  } catch (error) {
    const known = error instanceof Unreachable;
    toast(known ? error.message : (sentence ?? "Something went wrong on this page. Try again."));
    if (!known) console.error(error);
    return null;
  }
}
