import type { AddRepositoryRequest } from '@thimble/protocol';
import { HttpProblem } from '../../http/index.ts';
import { baseAddress, webAddress } from './address.ts';

/** What a repository is, checked and in its usual form. */
export type CheckedDefinition = Pick<
  Required<AddRepositoryRequest>,
  'format' | 'uris' | 'mirrorList' | 'suite' | 'components' | 'architectures' | 'signature' | 'files'
>;

/** Of suites, components and architectures: they become parts of addresses. */
const WORD = /^[A-Za-z0-9][A-Za-z0-9._~+:-]*$/;

/** @throws HttpProblem 422 `bad-address`, `bad-definition` */
export function checkDefinition(given: CheckedDefinition): CheckedDefinition {
  const uris = [...new Set(given.uris.map(baseAddress))];
  const mirrorList = given.mirrorList === null ? null : webAddress(given.mirrorList).href;
  const checked = {
    ...given,
    uris,
    mirrorList,
    components: [...new Set(given.components)],
    architectures: [...new Set(given.architectures)],
  };
  for (const word of [...checked.components.flatMap((component) => component.split('/')), ...checked.architectures])
    if (!WORD.test(word)) throw bad(`${JSON.stringify(word.slice(0, 100))} is no name of a component or architecture.`);
  if (given.signature === 'packages' && given.format !== 'rpm')
    throw bad('Only rpm packages are signed themselves.', 'Elsewhere the repository’s own signature is what counts.');
  RULES[given.format](checked);
  return checked;
}

const RULES: Readonly<Record<CheckedDefinition['format'], (definition: CheckedDefinition) => void>> = {
  apt: ({ suite, components, architectures, mirrorList, files }) => {
    assertSuite(suite);
    if (suite.endsWith('/') !== (components.length === 0))
      throw bad(
        suite.endsWith('/')
          ? 'A flat repository (a suite that ends with a slash) has no components.'
          : 'Name at least one component, as main.',
      );
    assertArchitectures(architectures);
    assertNone('A list of mirrors', 'apt', mirrorList === null);
    assertNone('A list of files', 'apt', files.length === 0);
  },
  rpm: ({ suite, components, files }) => {
    assertNone('A suite', 'rpm', suite === '');
    assertNone('Components', 'rpm', components.length === 0);
    assertNone('A list of files', 'rpm', files.length === 0);
  },
  apk: ({ suite, components, architectures, mirrorList, files }) => {
    assertNone('A suite', 'apk', suite === '');
    assertNone('Components', 'apk', components.length === 0);
    assertNone('A list of mirrors', 'apk', mirrorList === null);
    assertNone('A list of files', 'apk', files.length === 0);
    assertArchitectures(architectures);
  },
  generic: ({ suite, components, mirrorList, files, uris }) => {
    assertNone('A suite', 'generic', suite === '');
    assertNone('Components', 'generic', components.length === 0);
    assertNone('A list of mirrors', 'generic', mirrorList === null);
    if (files.length === 0) throw bad('Name at least one file, with its address and SHA-256.');
    for (const { url } of files) webAddress(URL.parse(url, uris[0])?.href ?? url);
  },
};

function assertSuite(suite: string): void {
  const parts = suite.replace(/\/$/, '').split('/');
  if (suite === './' || suite === '/') return;
  if (parts.some((part) => !WORD.test(part)))
    throw bad(
      `${JSON.stringify(suite.slice(0, 100))} is no suite.`,
      'Give it as in sources.list: bookworm, stable-security, or a path that ends with a slash for a flat repository.',
    );
}

function assertArchitectures(architectures: readonly string[]): void {
  if (architectures.length === 0) throw bad('Name at least one architecture, as amd64.');
}

function assertNone(what: string, format: string, none: boolean): void {
  if (!none) throw bad(`${what} is not part of a repository of the format ${format}.`);
}

function bad(detail: string, hint?: string): HttpProblem {
  return new HttpProblem(422, 'bad-definition', { detail, ...(hint === undefined ? {} : { hint }) });
}
