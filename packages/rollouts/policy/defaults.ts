/** What a policy means where it says nothing. In its words, so that they can be shown; `docs/policies.md` lists the same. */
export const DEFAULTS = {
  enabled: true,
  /** Of several policies the highest is followed. */
  priority: 100,
  /** Of every filter of updates. */
  types: ['security'],
  /** A policy without rings has one, of everybody. */
  ring: 'all',
  soak: '0m',
  atOnce: '10%',
  gate: { successAtLeast: '100%', failuresAtMost: 0, patchedAtLeast: 1, approvals: 0 },
  trial: {
    mode: 'each',
    /** Of a ring, where the mode is `first`. */
    first: 1,
    whenImpossible: 'continue',
    minutes: 30,
    diskMb: 4096,
    memoryMb: 1024,
  },
  approvals: 0,
  deploy: { preStage: '12h', fileSystemSnapshot: 'where-possible', restartServices: true },
  reboot: { when: 'if-needed', consent: 'none', deferFor: '3d', stagger: '0m' },
  onFailure: { rollBack: 'endpoint', block: false },
} as const;
