import { createHash, type Hash } from 'node:crypto';

/** What the bytes so far are, and whether they are what they were before they had to be fetched again. */
export interface RunningDigest {
  readonly update: (chunk: Uint8Array) => void;
  /** The bytes so far are thrown away and come again. */
  readonly restart: () => void;
  /** How often they were thrown away. */
  readonly generation: () => number;
  /**
   * Whether what somebody got in a generation is the beginning of what there is now. `unknown`: so much has not come again yet.
   * Servers that know no ranges begin anew after each break; whoever follows goes on where they were, if the bytes are the same.
   */
  readonly continues: (generation: number) => 'yes' | 'unknown' | 'no';
  readonly sha256: () => string;
  readonly sha512: () => string;
}

export function createRunningDigest(withSha512: boolean): RunningDigest {
  const begin = (): { readonly sha256: Hash; readonly sha512: Hash | null } => ({
    sha256: createHash('sha256'),
    sha512: withSha512 ? createHash('sha512') : null,
  });
  let { sha256, sha512 } = begin();
  let length = 0;
  let generation = 0;
  /** Generations before this one were other bytes. */
  let brokenBefore = 0;
  let expected: readonly { readonly generation: number; readonly length: number; readonly sha256: string }[] = [];

  const add = (piece: Uint8Array): void => {
    sha256.update(piece);
    sha512?.update(piece);
    length += piece.length;
  };
  const compare = (): void => {
    const due = expected.filter((beginning) => beginning.length === length);
    if (due.length === 0) return;
    const now = sha256.copy().digest('hex');
    for (const beginning of due)
      if (beginning.sha256 !== now) brokenBefore = Math.max(brokenBefore, beginning.generation + 1);
    expected = expected.filter((beginning) => !due.includes(beginning));
  };

  return {
    update: (chunk) => {
      let rest = chunk;
      const ends = expected.map((beginning) => beginning.length - length).filter((end) => end <= chunk.length);
      let done = 0;
      for (const end of [...new Set(ends)].sort((a, b) => a - b)) {
        add(rest.subarray(0, end - done));
        rest = rest.subarray(end - done);
        done = end;
        compare();
      }
      add(rest);
    },
    restart: () => {
      if (length > 0) expected = [...expected, { generation, length, sha256: sha256.copy().digest('hex') }];
      generation += 1;
      length = 0;
      ({ sha256, sha512 } = begin());
    },
    generation: () => generation,
    continues: (since) => {
      if (since < brokenBefore) return 'no';
      return expected.some((beginning) => beginning.generation >= since) ? 'unknown' : 'yes';
    },
    sha256: () => sha256.copy().digest('hex'),
    sha512: () => (sha512 ?? createHash('sha512')).copy().digest('hex'),
  };
}
