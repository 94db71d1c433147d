// Light or dark: the system's wish unless the person chose otherwise on this machine.
import { useEffect, useState } from "./lib.js";

const KEY = "workspace-theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();

const stored = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage may be forbidden; the system's wish is then followed
  }
};

export const theme = () => stored() ?? (dark.matches ? "dark" : "light");

export function applyTheme() {
  document.documentElement.dataset.theme = theme();
  for (const listener of [...listeners]) listener();
}

export function toggleTheme() {
  const next = theme() === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, next);
  } catch {
    return;
  }
  applyTheme();
}

/** The theme of the moment; the component is drawn again when it changes. */
export function useTheme() {
  const [now, setNow] = useState(theme());
  useEffect(() => {
    const follow = () => setNow(theme());
    listeners.add(follow);
    return () => listeners.delete(follow);
  }, []);
  return now;
}

dark.addEventListener("change", applyTheme);
