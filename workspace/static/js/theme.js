// Light or dark theme: the system's setting, unless the person chose another in this browser.
import { useEffect, useState } from "./lib.js";

const KEY = "workspace-theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();

const stored = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // if storage is blocked, follow the system
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

/** The current theme. The component is redrawn when it changes. */
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
