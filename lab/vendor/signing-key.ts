import { mkdirSync } from 'node:fs';
import { runOrThrow } from '../run.ts';

/** An OpenPGP key of our own in a folder of its own; it signs as a vendor's archive key does. */
export class SigningKey {
  readonly #environment: Readonly<Record<string, string>>;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#environment = { GNUPGHOME: folder, PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8' };
  }

  async generate(owner: string): Promise<void> {
    await this.#gpg(['--quick-gen-key', owner, 'ed25519', 'sign', 'never']);
  }

  /** As in an InRelease file: RFC 9580 section 7, cleartext signature framework. */
  async clearSign(text: string): Promise<string> {
    return this.#gpg(['--clearsign', '--output', '-'], text);
  }

  /** ASCII armour, for a file that ends in .asc */
  async publicKey(): Promise<string> {
    return this.#gpg(['--armor', '--export']);
  }

  /** gpg leaves an agent running for each folder. */
  async dispose(): Promise<void> {
    await runOrThrow(['gpgconf', '--kill', 'all'], { env: this.#environment });
  }

  async #gpg(argv: readonly string[], stdin = ''): Promise<string> {
    return runOrThrow(['gpg', '--batch', '--quiet', '--passphrase', '', '--pinentry-mode', 'loopback', ...argv], {
      env: this.#environment,
      stdin,
    });
  }
}
