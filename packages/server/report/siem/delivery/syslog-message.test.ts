import type { EvidenceRecord } from '@thimble/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { syslogFrame, syslogMessage } from './syslog-message.ts';

const record: EvidenceRecord = {
  sequence: 7,
  at: '2026-05-03T10:00:00.000Z',
  kind: 'signed-in',
  actor: 'ada "the] first\\',
  runId: null,
  endpointId: '00000000-0000-7000-8000-00000000000e',
  summary: 'Ada signed in',
  detail: {},
  previousSha256: '0'.repeat(64),
  sha256: '1'.repeat(64),
};
const source = { hostname: 'thimble.example', organisationId: '00000000-0000-7000-8000-000000000001' };
/** The ABNF of RFC 5424 section 6, as far as we use it. */
const MESSAGE =
  /^<(\d{1,3})>1 (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) - ([\x21-\x7e]{1,32}) (\[[\x21-\x7e]{1,32}(?: [\x21-\x7e]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\]) ([^\r\n]*)$/u;

describe('a message of syslog', () => {
  test('has the fields of RFC 5424', () => {
    expect(syslogMessage(record, 'Ada signed in', source)).toBe(
      '<110>1 2026-05-03T10:00:00.000Z thimble.example thimble - signed-in ' +
        '[thimble@32473 organisation="00000000-0000-7000-8000-000000000001" sequence="7" ' +
        String.raw`actor="ada \"the\] first\\" endpoint="00000000-0000-7000-8000-00000000000e" sha256="${'1'.repeat(64)}"]` +
        ' Ada signed in',
    );
  });

  test('keeps to the grammar whatever an actor or a summary is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.string(),
        (actor, content, hostname) => {
          const message = syslogMessage({ ...record, actor }, content, { ...source, hostname });
          expect(message).toMatch(MESSAGE);
        },
      ),
    );
  });

  test('is framed by its length in octets, not in characters', () => {
    expect(syslogFrame('ä').toString('utf8')).toBe('2 ä');
  });
});
