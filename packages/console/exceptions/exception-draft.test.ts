import { expect, test } from 'vitest';
import { problemsOf, requestOf, type ExceptionDraft } from './exception-draft.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00.000Z');
const draft: ExceptionDraft = {
  vulnerability: 'CVE-2024-6387',
  kind: 'accepted',
  package: '',
  endpointId: '',
  justification: '',
  reason: 'Reachable from the management network only',
  owner: 'platform team',
  expiresOn: '2026-06-01',
};

test('a whole draft has no problem', () => {
  expect(problemsOf(draft, NOW_MS)).toEqual({});
});

test.each<[string, Partial<ExceptionDraft>, readonly string[]]>([
  ['an accepted risk needs an end', { expiresOn: '' }, ['expiresOn']],
  ['its end lies ahead', { expiresOn: '2026-02-20' }, ['expiresOn']],
  ['its end is a day', { expiresOn: '2026-02-31x' }, ['expiresOn']],
  [
    'what is not affected may go on without end, but needs a justification',
    { kind: 'not-affected', expiresOn: '' },
    ['justification'],
  ],
  ['a false positive may go on without end', { kind: 'false-positive', expiresOn: '' }, []],
  ['blanks are no reason, and nobody', { reason: '   ', owner: ' ' }, ['reason', 'owner']],
])('%s', (_rule, given, fields) => {
  expect(Object.keys(problemsOf({ ...draft, ...given }, NOW_MS))).toEqual(fields);
});

test('only what was chosen is sent: no scope means everywhere, and a justification goes with `not-affected` alone', () => {
  const request = requestOf({ ...draft, justification: 'component_not_present', package: 'openssh-server' });
  expect(Object.keys(request).sort()).toEqual(['expiresAt', 'kind', 'owner', 'package', 'reason', 'vulnerability']);
  expect(requestOf({ ...draft, kind: 'not-affected', justification: 'component_not_present' }).justification).toBe(
    'component_not_present',
  );
});
