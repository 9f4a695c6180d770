import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrustAnchor } from '../model/index.ts';

export interface GpgKeySettings {
  readonly userId?: string;
  /** As `gpg --quick-generate-key` takes it; Ed25519 is made in no time. */
  readonly algorithm?: string;
  /** `never`, or ISO time `20210101T000000`. */
  readonly expires?: string;
  /** The clock of the one who makes the key, `20200101T000000`. */
  readonly at?: string;
}

export interface GpgSignSettings {
  /** Fingerprints; a `!` behind one of a subkey makes gpg take exactly it. */
  readonly by: readonly string[];
  readonly kind: 'clearsigned' | 'detached' | 'detached-binary';
  readonly digest?: string;
  readonly at?: string;
  /** More options, before the command. */
  readonly options?: readonly string[];
}

/** A folder of keys of its own, with the real GnuPG. `close` ends its agent and removes it. */
export interface GpgHome {
  readonly folder: string;
  /** @returns the fingerprint */
  createKey(settings?: GpgKeySettings): string;
  /** A subkey that signs. @returns its fingerprint */
  addSigningSubkey(fingerprint: string): string;
  exportKeys(fingerprints: readonly string[], armored?: boolean): Uint8Array;
  anchor(fingerprint: string): TrustAnchor;
  sign(content: Uint8Array | string, settings: GpgSignSettings): Uint8Array;
  run(args: readonly string[], input?: Uint8Array | string): Uint8Array;
  close(): void;
}

const COMMANDS = { clearsigned: ['--clearsign'], detached: ['--armor', '--detach-sign'], 'detached-binary': ['-b'] };

export function createGpgHome(): GpgHome {
  // Short: the agent's socket is in it, and socket paths are limited to 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'gpg-'));
  const run = (args: readonly string[], input: Uint8Array | string = ''): Uint8Array =>
    execFileSync('gpg', ['--homedir', folder, '--batch', '--quiet', '--no-tty', '--yes', ...args], {
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 256 * 1024 * 1024,
      env: { ...process.env, LC_ALL: 'C' },
    });
  const clock = (at: string | undefined): readonly string[] =>
    at === undefined ? [] : ['--faked-system-time', `${at}!`];
  const fingerprints = (): readonly string[] =>
    Buffer.from(run(['--with-colons', '--with-subkey-fingerprint', '--list-keys']))
      .toString()
      .split('\n')
      .filter((line) => line.startsWith('fpr:'))
      .map((line) => line.split(':')[9] ?? '');
  const added = (act: () => void): string => {
    const before = new Set(fingerprints());
    act();
    const [fingerprint] = fingerprints().filter((one) => !before.has(one));
    if (fingerprint === undefined) throw new Error('gpg made no key');
    return fingerprint;
  };
  const exportKeys = (chosen: readonly string[], armored = false): Uint8Array =>
    run([...(armored ? ['--armor'] : []), '--export', ...chosen]);
  return {
    folder,
    run,
    createKey: ({ userId = 'Test archive <archive@example.org>', algorithm = 'ed25519', expires = 'never', at } = {}) =>
      added(() =>
        run([
          ...clock(at),
          '--passphrase',
          '',
          '--allow-weak-key-signatures',
          '--quick-generate-key',
          '--',
          userId,
          algorithm,
          'sign,cert',
          expires,
        ]),
      ),
    addSigningSubkey: (fingerprint) =>
      added(() => run(['--passphrase', '', '--quick-add-key', fingerprint, 'ed25519', 'sign', 'never'])),
    exportKeys,
    anchor: (fingerprint) => ({
      kind: 'openpgp',
      fingerprint,
      material: exportKeys([fingerprint]),
      name: `${fingerprint}.gpg`,
    }),
    sign: (content, { by, kind, digest = 'SHA512', at, options = [] }) =>
      run(
        [...clock(at), '--digest-algo', digest, ...options, ...by.flatMap((key) => ['-u', key]), ...COMMANDS[kind]],
        content,
      ),
    close() {
      execFileSync('gpgconf', ['--homedir', folder, '--kill', 'all'], { stdio: 'ignore' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
