import type { CreateBlockRequest } from '@thimble/protocol';
import { HttpProblem } from '../../http/index.ts';

/** As the protocol's names of architectures. */
const ARCHITECTURE = /^[a-z0-9_-]{1,32}$/;

/**
 * A block as it was meant: it holds for one name and one version, letter by letter, so what could only be a slip (spaces around it, a
 * pattern) must not look like a block that holds.
 *
 * @throws HttpProblem 422 `bad-block`
 */
export function checkBlock(given: CreateBlockRequest): CreateBlockRequest {
  const { architecture } = given;
  const checked = { ...given, name: word('name', given.name), version: word('version', given.version) };
  if (architecture !== undefined && !ARCHITECTURE.test(architecture))
    throw bad(
      `${JSON.stringify(architecture.slice(0, 100))} is no architecture.`,
      'Leave it out to block all of them.',
    );
  return checked;
}

function word(what: string, text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') throw bad(`The ${what} is empty.`);
  if (/\p{Cc}/u.test(trimmed)) throw bad(`The ${what} has control characters in it.`);
  if (/[*?%]/.test(trimmed))
    throw bad(
      `${JSON.stringify(trimmed.slice(0, 100))} is no ${what} of a package.`,
      'A block is for one version of one package: there are no patterns. With source: true it covers all packages of a source.',
    );
  return trimmed;
}

function bad(detail: string, hint?: string): HttpProblem {
  return new HttpProblem(422, 'bad-block', { detail, ...(hint === undefined ? {} : { hint }) });
}
