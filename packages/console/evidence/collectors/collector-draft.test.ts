import type { EvidenceExport } from '@thimble/protocol';
import { describe, expect, test } from 'vitest';
import { draftOf, isComplete, requestOf } from './collector-draft.ts';

const stored = (destination: EvidenceExport['destination']): EvidenceExport => ({
  name: 'siem',
  destination,
  format: 'text',
  hasSecret: true,
  createdAt: '2026-05-03T10:00:00.000Z',
  sentThrough: 1,
  behind: 0,
  lastSentAt: null,
  trouble: null,
});
const syslog = {
  kind: 'syslog',
  host: 'siem.example',
  port: 6514,
  authorities: 'CA\n',
  clientCertificate: 'C\n',
} as const;

describe('the form of a collector', () => {
  test('that is saved as it was changes nothing, and keeps the secret', () => {
    expect(requestOf(draftOf(stored(syslog)))).toEqual({ destination: syslog, format: 'text' });
  });

  test('without a client certificate has no key either', () => {
    const draft = { ...draftOf(stored(syslog)), clientCertificate: ' ', secret: 'left over' };
    expect(requestOf(draft)).toMatchObject({ destination: { clientCertificate: null }, secret: null });
  });

  test('for https is always OCSF, with what was typed as authorization', () => {
    const draft = {
      ...draftOf(undefined),
      name: 'a',
      kind: 'https',
      url: 'https://a.example',
      secret: 'Splunk 1',
    } as const;
    expect(requestOf({ ...draft, format: 'text', fromStart: true })).toEqual({
      destination: { kind: 'https', url: 'https://a.example', authorities: null },
      format: 'ocsf',
      from: 'start',
      secret: 'Splunk 1',
    });
  });

  test.each([
    [{ name: 'siem', host: 'a' }, true],
    [{ name: 'Siem', host: 'a' }, false],
    [{ name: 'siem', host: ' ' }, false],
    [{ name: 'siem', host: 'a', port: 0 }, false],
    [{ name: 'siem', kind: 'https', url: 'http://a.example' }, false],
    [{ name: 'siem', kind: 'https', url: 'https://a.example' }, true],
  ] as const)('%j is complete: %s', (typed, complete) => {
    expect(isComplete({ ...draftOf(undefined), ...typed })).toBe(complete);
  });
});
