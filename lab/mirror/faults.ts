/** How the mirror misbehaves for the paths that match. */
export type FaultKind =
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** The connection is reset after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** One byte in the middle is another one; length and status are right. */
  | { readonly kind: 'flip' }
  /** Any other content in place of the right one, e.g. an older InRelease. */
  | { readonly kind: 'replace'; readonly body: (original: Uint8Array) => Uint8Array }
  | { readonly kind: 'status'; readonly status: number };

export type Fault = FaultKind & {
  /** Tried on the decoded path of the request, from `/` on. */
  readonly match: RegExp;
  /** For the first so many requests that match; for ever without it. */
  readonly times?: number;
};

export class Faults {
  readonly #active: { readonly fault: Fault; left: number }[] = [];

  /** Gives the function that ends the fault. */
  add(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
    this.#active.push(entry);
    return () => {
      const index = this.#active.indexOf(entry);
      if (index >= 0) this.#active.splice(index, 1);
    };
  }

  clear(): void {
    this.#active.length = 0;
  }

  /** The faults for this request; each use counts. */
  take(path: string): readonly Fault[] {
    const matching = this.#active.filter((entry) => entry.left > 0 && entry.fault.match.test(path));
    for (const entry of matching) entry.left -= 1;
    return matching.map((entry) => entry.fault);
  }
}

/** The body as the faults change it. */
export function tampered(original: Uint8Array, faults: readonly Fault[]): Uint8Array {
  let body = original;
  for (const fault of faults) {
    if (fault.kind === 'replace') body = fault.body(body);
    if (fault.kind === 'flip') {
      body = Uint8Array.from(body);
      const middle = Math.floor(body.length / 2);
      body[middle] = (body[middle] ?? 0) ^ 0x01;
    }
  }
  return body;
}
