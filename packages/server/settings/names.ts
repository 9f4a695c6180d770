/** `checkInIntervalS` → `check-in-interval-s`: the key in the file, and with `--` the flag. */
export function keyOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function flagOf(name: string): string {
  return `--${keyOf(name)}`;
}

/** `checkInIntervalS` → `THIMBLE_CHECK_IN_INTERVAL_S`. */
export function variableOf(name: string): string {
  return `THIMBLE_${keyOf(name).replaceAll('-', '_').toUpperCase()}`;
}
