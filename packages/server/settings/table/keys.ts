import type { Setting } from './setting.ts';

/** Keys outside the database, and the evidence that they sign. */
export const keySettings = [
  {
    name: 'orderKey',
    type: 'path',
    default: undefined,
    description: 'PEM file (PKCS #8) of the Ed25519 key that signs orders. Without it one is made in DATA/keys.',
  },
  {
    name: 'logKey',
    type: 'path',
    default: undefined,
    description:
      'PEM file (PKCS #8) of the Ed25519 key that signs checkpoints of the evidence. Without it one is made in DATA/keys.',
  },
  {
    name: 'secretsKey',
    type: 'text',
    default: undefined,
    secret: true,
    description:
      'Key under which secrets in the database are sealed: 32 bytes in base64 (`openssl rand -base64 32`), or several separated by commas, of which the first seals and all open. Without it and the next two, one is made in DATA/keys. Other users can read flags (ps), so prefer the variable.',
  },
  {
    name: 'secretsKeyFile',
    type: 'path',
    default: undefined,
    description: 'File of the key for secrets; several keys stand on a line each.',
  },
  {
    name: 'secretsKeyCommand',
    type: 'path',
    default: undefined,
    description:
      'Program that prints the key for secrets, run once at start without a shell and without words: the way to a key management service.',
  },
  {
    name: 'witnessKeys',
    type: 'text',
    default: undefined,
    description:
      'Verifier keys (NAME+ID+KEY, c2sp.org/tlog-cosignature) of witnesses that may cosign checkpoints of the evidence, separated by commas.',
  },
  {
    name: 'evidenceDays',
    type: 'integer',
    range: [30, 36_500],
    default: undefined,
    description:
      'Days after which records of the evidence lose their content. Their digests and proofs stay. Without it everything is kept.',
  },
] as const satisfies readonly Setting[];
