import type { Advisory, ClaimKey, Fact } from '@thimble/advisories';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AdvisoryReader, AdvisoryStore, FeedWriter } from '../store.ts';
import { makeAdvisory, makeClaim, makeEpss, makeKev } from './records.ts';

export interface StoreUnderTest {
  readonly store: AdvisoryStore;
  readonly reader: AdvisoryReader;
  readonly close: () => Promise<void>;
}

const OPENSSL: ClaimKey = { namespace: 'debian:12', nameKind: 'source', name: 'openssl' };
const day = (number: number): Date => new Date(Date.UTC(2026, 0, number));

/**
 * What every AdvisoryStore and its reader promise. To be called in a test file.
 *
 * @param open makes an empty store
 */
export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let under: StoreUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());
    const shared: Shared = {
      get store() {
        return under.store;
      },
      get reader() {
        return under.reader;
      },
      sync: (at, parts) => synchronise(under.store, at, parts),
      idsAt: async (asOf) =>
        (await under.reader.claims([OPENSSL], asOf === undefined ? {} : { asOf }))
          .map(({ advisory }) => advisory.id)
          .toSorted(),
    };
    describe('what is written', () => writing(shared));
    describe('commit and abandon', () => committing(shared));
    describe('snapshots and deltas', () => modes(shared));
    describe('what was known at a time', () => history(shared));
    describe('facts', () => facts(shared));
  });
}

interface Shared {
  readonly store: AdvisoryStore;
  readonly reader: AdvisoryReader;
  readonly sync: (at: Date, parts: SyncParts) => Promise<void>;
  readonly idsAt: (asOf?: Date) => Promise<readonly string[]>;
}

interface SyncParts {
  readonly feed?: string;
  readonly mode?: 'snapshot' | 'delta';
  readonly advisories?: readonly Advisory[];
  readonly facts?: readonly Fact[];
  readonly removed?: readonly string[];
  readonly result?: Partial<Parameters<FeedWriter['commit']>[0]>;
}

async function synchronise(store: AdvisoryStore, at: Date, parts: SyncParts): Promise<void> {
  const writer = await store.write(parts.feed ?? 'one', parts.mode ?? 'snapshot');
  await writer.advisories(parts.advisories ?? []);
  await writer.facts(parts.facts ?? []);
  await writer.remove(parts.removed ?? []);
  await writer.commit({ ...committed(at), ...parts.result });
}

function committed(syncedAt: Date): Parameters<FeedWriter['commit']>[0] {
  return { watermark: null, validators: new Map(), syncedAt, faultCount: 0, faults: [] };
}

function writing(shared: Shared): void {
  it('comes back as it was, with its advisory', async () => {
    const claim = makeClaim({
      vulnerabilities: ['CVE-2023-5363'],
      versions: ['1', '2'],
      vendorStatus: '',
      severity: 'High',
      channel: 'esm-infra',
      module: 'nodejs:18',
      architectures: [],
      product: 'cpe:2.3:a:openssl:openssl:*',
      requires: [[{ cpe: 'cpe:2.3:o:a:b:*:*:*:*:*:*:*:*', intervals: [] }]],
      fix: { state: 'deferred', version: null },
    });
    const advisory = makeAdvisory('DSA-5532-1', { aliases: ['GHSA-1'], severity: 'Important', claims: [claim] });
    await shared.sync(day(1), { advisories: [advisory] });
    const { id, name, aliases, vulnerabilities, severity, withdrawn, provenance } = advisory;
    expect(await shared.reader.claims([OPENSSL])).toEqual([
      { claim, advisory: { id, name, aliases, vulnerabilities, severity, withdrawn, provenance } },
    ]);
  });

  it('is found by namespace, kind and name together', async () => {
    await shared.sync(day(1), { advisories: [makeAdvisory('A-1')] });
    for (const other of [{ namespace: 'debian:11' }, { nameKind: 'binary' as const }, { name: 'OpenSSL' }])
      expect(await shared.reader.claims([{ ...OPENSSL, ...other }])).toEqual([]);
  });

  it('keeps names apart that programs confuse', async () => {
    const names = ['__proto__', 'constructor', 'a\u0000b', "'; DROP TABLE advisory; --", 'ä', 'A', 'a', '%', '_'];
    const storable = names.filter((name) => !name.includes('\u0000'));
    const claims = storable.map((name) => makeClaim({ name, severity: name }));
    await shared.sync(day(1), { advisories: [makeAdvisory('A-1', { claims })] });
    for (const name of storable) {
      const found = await shared.reader.claims([{ ...OPENSSL, name }]);
      expect(found.map(({ claim }) => [claim.name, claim.severity])).toEqual([[name, name]]);
    }
  });

  it('reads a key that is named twice once, and many keys at once', async () => {
    const claims = Array.from({ length: 1500 }, (_, index) => makeClaim({ name: `package-${index}` }));
    await shared.sync(day(1), { advisories: [makeAdvisory('A-1', { claims })] });
    const keys = claims.map(({ name }) => ({ ...OPENSSL, name }));
    expect(await shared.reader.claims([...keys, ...keys])).toHaveLength(1500);
    expect(await shared.reader.claims([])).toEqual([]);
  });

  it('keeps equal ids of two feeds apart', async () => {
    const ofTwo = makeAdvisory('A-1', { provenance: { feed: 'two', record: 'x', sha256: 'b'.repeat(64) } });
    await shared.sync(day(1), { advisories: [makeAdvisory('A-1')] });
    await shared.sync(day(1), { feed: 'two', advisories: [ofTwo] });
    await shared.sync(day(2), { feed: 'two', advisories: [] });
    const found = await shared.reader.claims([OPENSSL]);
    expect(found.map(({ advisory }) => advisory.provenance.feed)).toEqual(['one']);
  });

  it('takes the last of a record that is written twice', async () => {
    const twice = [makeAdvisory('A-1', { severity: 'low' }), makeAdvisory('A-1', { severity: 'high' })];
    await shared.sync(day(1), { advisories: twice });
    expect((await shared.reader.claims([OPENSSL])).map(({ advisory }) => advisory.severity)).toEqual(['high']);
    expect((await shared.store.state('one'))?.advisoryCount).toBe(1);
  });
}

function committing(shared: Shared): void {
  it('knows nothing of a feed that was never synchronised', async () => {
    expect(await shared.store.state('one')).toBeNull();
    expect(await shared.reader.states()).toEqual([]);
  });

  it('shows nothing before commit, and all of it after', async () => {
    const writer = await shared.store.write('one', 'snapshot');
    await writer.advisories([makeAdvisory('A-1')]);
    expect(await shared.idsAt()).toEqual([]);
    await writer.commit(committed(day(1)));
    expect(await shared.idsAt()).toEqual(['A-1']);
  });

  it('keeps watermark, validators, counts and faults with the data', async () => {
    const validators = new Map([['all.zip', { etag: '"1"', lastModified: null, sha256: 'c'.repeat(64) }]]);
    const faults = [{ record: 'A-9', reason: 'no id' }];
    await shared.sync(day(1), {
      advisories: [makeAdvisory('A-1'), makeAdvisory('A-2')],
      facts: [makeKev('CVE-1-1', 'x')],
      result: { watermark: 'w1', validators, faultCount: 7, faults },
    });
    const state = {
      feed: 'one',
      watermark: 'w1',
      validators,
      syncedAt: day(1),
      changedAt: day(1),
      advisoryCount: 2,
      factCount: 1,
      faultCount: 7,
      faults,
      failure: null,
    };
    expect(await shared.store.state('one')).toEqual(state);
    expect(await shared.reader.states()).toEqual([state]);
  });

  it('leaves everything as it was when abandoned', async () => {
    await shared.sync(day(1), { advisories: [makeAdvisory('A-1')], result: { watermark: 'w1' } });
    const before = await shared.store.state('one');
    const writer = await shared.store.write('one', 'snapshot');
    await writer.advisories([makeAdvisory('A-1', { severity: 'changed' }), makeAdvisory('A-2')]);
    await writer.facts([makeKev('CVE-1-1', 'x')]);
    await writer.abandon();
    await writer.abandon();
    expect(await shared.store.state('one')).toEqual(before);
    expect(await shared.idsAt()).toEqual(['A-1']);
    expect(await shared.reader.facts('kev', ['CVE-1-1'])).toEqual([]);
  });

  it('can be written again after commit and after abandon, but not by an ended writer', async () => {
    const writer = await shared.store.write('one', 'snapshot');
    await writer.abandon();
    await expect(writer.advisories([makeAdvisory('A-1')])).rejects.toThrow();
    await expect(writer.commit(committed(day(1)))).rejects.toThrow();
    await shared.sync(day(1), { advisories: [makeAdvisory('A-2')] });
    expect(await shared.idsAt()).toEqual(['A-2']);
  });

  it('moves syncedAt without changedAt when nothing is new', async () => {
    await shared.sync(day(1), { advisories: [makeAdvisory('A-1')], facts: [makeEpss('CVE-1-1', 0.5)] });
    await shared.sync(day(2), { advisories: [makeAdvisory('A-1')], facts: [makeEpss('CVE-1-1', 0.5)] });
    await shared.sync(day(3), { mode: 'delta' });
    expect(await shared.store.state('one')).toMatchObject({ syncedAt: day(3), changedAt: day(1), advisoryCount: 1 });
  });

  it('keeps a failure beside the last good state, until the next commit', async () => {
    const failure = { at: day(2), code: 'unreachable', message: 'no answer' };
    await shared.store.fail('one', failure);
    expect(await shared.store.state('one')).toMatchObject({ syncedAt: null, failure });
    await shared.sync(day(1), { advisories: [makeAdvisory('A-1')], result: { watermark: 'w1' } });
    await shared.store.fail('one', failure);
    expect(await shared.store.state('one')).toMatchObject({ watermark: 'w1', syncedAt: day(1), failure });
    expect(await shared.idsAt()).toEqual(['A-1']);
    await shared.sync(day(3), { mode: 'delta' });
    expect((await shared.store.state('one'))?.failure).toBeNull();
  });
}

function modes(shared: Shared): void {
  it('ends in snapshot mode what was not written', async () => {
    await shared.sync(day(1), {
      advisories: [makeAdvisory('A-1'), makeAdvisory('A-2')],
      facts: [makeKev('CVE-1-1', 'x')],
    });
    await shared.sync(day(2), { advisories: [makeAdvisory('A-2'), makeAdvisory('A-3')] });
    expect(await shared.idsAt()).toEqual(['A-2', 'A-3']);
    expect(await shared.reader.facts('kev', ['CVE-1-1'])).toEqual([]);
    expect(await shared.store.state('one')).toMatchObject({ advisoryCount: 2, factCount: 0, changedAt: day(2) });
  });

  it('keeps in delta mode what was not written, and ends what is removed', async () => {
    await shared.sync(day(1), { advisories: ['A-1', 'A-2', 'A-3'].map((id) => makeAdvisory(id)) });
    const changed = makeAdvisory('A-2', { severity: 'changed' });
    await shared.sync(day(2), { mode: 'delta', advisories: [changed], removed: ['A-3', 'never-there'] });
    const found = await shared.reader.claims([OPENSSL]);
    expect(found.map(({ advisory }) => [advisory.id, advisory.severity]).toSorted()).toEqual([
      ['A-1', null],
      ['A-2', 'changed'],
    ]);
    expect((await shared.store.state('one'))?.advisoryCount).toBe(2);
  });

  it('replaces all of a record’s claims with the record', async () => {
    await shared.sync(day(1), {
      advisories: [makeAdvisory('A-1', { claims: [makeClaim(), makeClaim({ name: 'other' })] })],
    });
    await shared.sync(day(2), {
      mode: 'delta',
      advisories: [makeAdvisory('A-1', { claims: [makeClaim({ name: 'other' })] })],
    });
    expect(await shared.idsAt()).toEqual([]);
    expect(await shared.reader.claims([{ ...OPENSSL, name: 'other' }])).toHaveLength(1);
  });
}

function history(shared: Shared): void {
  it('is what the last synchronisation until then had brought', async () => {
    await shared.sync(day(1), { advisories: [makeAdvisory('A-1'), makeAdvisory('A-2')] });
    await shared.sync(day(3), { advisories: [makeAdvisory('A-2', { severity: 'later' }), makeAdvisory('A-3')] });
    await shared.sync(day(5), { advisories: [makeAdvisory('A-1')] });
    expect(await shared.idsAt(new Date(day(1).getTime() - 1))).toEqual([]);
    expect(await shared.idsAt(day(1))).toEqual(['A-1', 'A-2']);
    expect(await shared.idsAt(day(2))).toEqual(['A-1', 'A-2']);
    expect(await shared.idsAt(day(3))).toEqual(['A-2', 'A-3']);
    expect(await shared.idsAt(day(9))).toEqual(['A-1']);
    expect(await shared.idsAt()).toEqual(['A-1']);
    const before = await shared.reader.claims([OPENSSL], { asOf: day(2) });
    expect(before.every(({ advisory }) => advisory.severity === null)).toBe(true);
  });

  it('holds for facts too', async () => {
    await shared.sync(day(1), { facts: [makeKev('CVE-1-1', 'first')] });
    await shared.sync(day(3), { facts: [makeKev('CVE-1-1', 'second')] });
    const titles = async (asOf: Date) =>
      (await shared.reader.facts('kev', ['CVE-1-1'], { asOf })).map((fact) => (fact.kind === 'kev' ? fact.title : ''));
    expect([await titles(day(0)), await titles(day(2)), await titles(day(3))]).toEqual([[], ['first'], ['second']]);
  });
}

function facts(shared: Shared): void {
  it('are found by kind and subject', async () => {
    const kev = makeKev('CVE-1-1', 'x');
    const epss = [makeEpss('CVE-1-1', 0.25), makeEpss('CVE-1-2', 1)];
    await shared.sync(day(1), { facts: [kev, ...epss] });
    expect(await shared.reader.facts('kev', ['CVE-1-1', 'CVE-1-2'])).toEqual([kev.body]);
    expect(await shared.reader.facts('epss', ['CVE-1-2', 'CVE-1-1', 'CVE-1-2', 'CVE-9-9'])).toHaveLength(2);
    expect(await shared.reader.facts('ssvc', ['CVE-1-1'])).toEqual([]);
  });

  it('have one value per feed, the last one', async () => {
    await shared.sync(day(1), { mode: 'delta', facts: [makeEpss('CVE-1-1', 0.25)] });
    await shared.sync(day(2), { mode: 'delta', facts: [makeEpss('CVE-1-1', 0.5), makeEpss('CVE-1-1', 0.75)] });
    const found = await shared.reader.facts('epss', ['CVE-1-1']);
    expect(found.map((fact) => (fact.kind === 'epss' ? fact.probability : null))).toEqual([0.75]);
    expect(await shared.store.state('one')).toMatchObject({ factCount: 1, changedAt: day(2) });
  });
}
