/** How every command ends; scripts rely on these, so a number is never given a second meaning. */
export const EXIT = {
  /** Done, or there was nothing to do. */
  ok: 0,
  /** It was tried and did not work; the reason is on standard error. */
  failure: 1,
  /** The command line can't be understood; nothing was tried. */
  usage: 2,
  /** Changes are pending, or somebody's decision is needed. */
  pending: 3,
  /** Installed, but not effective yet: a reboot or a service's restart is still due. */
  waits: 4,
  /** Refused before anything was changed: the machine would do something else than was approved, or can't do it now. */
  refused: 5,
  /** A scan found what --fail-on names. */
  found: 6,
  /** A scan could not assess everything, and --strict was given. */
  gaps: 7,
  /** Ended by Ctrl-C (128 + SIGINT). */
  interrupted: 130,
} as const;

export const EXIT_CODE_HELP = `Exit codes: 0 done · 1 failed · 2 wrong usage · 3 changes are pending or need a decision ·
4 installed, waits for a reboot or restart · 5 refused, nothing was changed ·
6 found what --fail-on names · 7 not everything could be assessed (--strict) · 130 interrupted`;
