import type { FileCheck } from '../model/index.ts';

/** One name for all who ask for the same file: of its transfer, its partial file and the lock between servers. */
export function checkKey(check: FileCheck): string {
  return `${check.kind}-${statedDigest(check)}-${check.sizeBytes}`;
}

/** The digest that signed metadata states. @throws TypeError when it is none: formats have to refuse that */
export function statedDigest(check: FileCheck): string {
  const [digest, length] =
    check.kind === 'sha256'
      ? [check.sha256, 64]
      : check.kind === 'sha512'
        ? [check.sha512, 128]
        : [check.controlSha1, 40];
  if (digest.length !== length || !/^[0-9a-f]+$/.test(digest))
    throw new TypeError(`${JSON.stringify(digest)} is no ${check.kind} digest in lower-case hex`);
  if (!Number.isSafeInteger(check.sizeBytes) || check.sizeBytes < 0) throw new TypeError('a size is a whole number');
  return digest;
}
