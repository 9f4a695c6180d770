import { ProblemError } from '../api/client.ts';

/** How Vite (styles) and browsers (Chromium, Firefox, Safari: scripts) say that a part of the console did not arrive. */
const WORDS = [
  'Unable to preload CSS',
  'Failed to fetch dynamically imported module',
  'error loading dynamically imported module',
  'Importing a module script failed',
];
const KEY = 'thimble-loaded-again-at';
const ONCE_IN_MS = 10_000;

/** Pages are loaded when they are first opened: a changed network or an updated server can break that. */
export function isLoadFailure(error: unknown): boolean {
  return error instanceof Error && WORDS.some((words) => error.message.startsWith(words));
}

export const LOAD_FAILURE = new ProblemError({
  type: 'about:blank',
  title: 'A part of this page did not arrive',
  status: 503,
  code: 'page-not-loaded',
  side: 'remote',
  detail: 'The connection was lost, or the server has another version of the console now.',
  hint: 'Load the page again.',
});

/** Loads the page again, unless that was done a moment ago and did not help. */
export function loadAgainOnce(now = Date.now()): void {
  try {
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    if (now - last < ONCE_IN_MS) return;
    sessionStorage.setItem(KEY, String(now));
  } catch {
    // Without storage nothing tells whether it was done already: the reader decides.
    return;
  }
  window.location.reload();
}
