import { EvidenceRecord } from '@thimble/protocol';
import { describe, expect, test } from 'vitest';
import { ocsfEvent } from './event.ts';
import { OCSF_CLASSES, OCSF_SHAPES } from './shapes.ts';

const KINDS = EvidenceRecord.properties.kind.anyOf.map((literal) => literal.const);
const source = '00000000-0000-7000-8000-000000000001';
const record = (kind: EvidenceRecord['kind'], detail: unknown = { a: 1 }): EvidenceRecord => ({
  sequence: 7,
  at: '2026-05-03T10:00:00.000Z',
  kind,
  actor: 'ada',
  runId: null,
  endpointId: null,
  summary: 'something happened',
  detail,
  previousSha256: '0'.repeat(64),
  sha256: '1'.repeat(64),
});

/** Attributes that schema.ocsf.io 1.3.0 says are required, by class. */
const REQUIRED_ALWAYS = ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid'];
const REQUIRED: Readonly<Record<number, readonly string[]>> = {
  3001: ['user'],
  3002: ['user', 'service'],
  3004: ['entity'],
  2004: ['finding_info'],
};
/** `activity_id` of each class, by the schema. */
const ACTIVITIES: Readonly<Record<number, readonly number[]>> = {
  3001: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 99],
  3002: [0, 1, 2, 3, 4, 5, 6, 99],
  3004: [0, 1, 2, 3, 4, 99],
  2004: [0, 1, 2, 3, 99],
};

describe('an event of OCSF', () => {
  test('there is a shape for each kind of evidence, and for no other', () => {
    expect(Object.keys(OCSF_SHAPES).sort()).toEqual([...KINDS].sort());
  });

  test.each(KINDS)('%s has what the schema requires of its class', (kind) => {
    const event = ocsfEvent(record(kind), source) as Record<string, unknown>;
    const classUid = Number(event['class_uid']);
    for (const name of [...REQUIRED_ALWAYS, ...(REQUIRED[classUid] ?? ['a class that is in the table'])])
      expect(event, name).toHaveProperty(name);
    expect(ACTIVITIES[classUid]).toContain(event['activity_id']);
    expect(event['type_uid']).toBe(classUid * 100 + Number(event['activity_id']));
    expect(event['category_uid']).toBe(Math.floor(classUid / 1000));
    expect(event).toMatchObject({
      time: Date.parse('2026-05-03T10:00:00.000Z'),
      metadata: { version: '1.3.0', product: { name: 'Thimble', vendor_name: 'Thimble' }, event_code: kind },
    });
  });

  test('classes are those of the schema', () => {
    expect(Object.values(OCSF_CLASSES).map(({ uid, category }) => [uid, category])).toEqual([
      [3001, 3],
      [3002, 3],
      [3004, 3],
      [2004, 2],
    ]);
  });

  test('a sign-in that was refused is a failure, and a stop is critical', () => {
    expect(ocsfEvent(record('sign-in-refused'), source)).toMatchObject({ class_uid: 3002, status: 'Failure' });
    expect(ocsfEvent(record('emergency-stop'), source)).toMatchObject({ severity: 'Critical' });
  });

  test('what a receiver would cut off is left out, and said to be', () => {
    const event = ocsfEvent(record('order-issued', { envelope: 'x'.repeat(100_000) }), source);
    expect(JSON.stringify(event).length).toBeLessThan(8_192);
    expect(event).toMatchObject({ unmapped: { detail_left_out: true, sha256: '1'.repeat(64) } });
  });
});
