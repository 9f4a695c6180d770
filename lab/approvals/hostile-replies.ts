import { json, type Answer } from './thief.ts';

const MIB = 1024 * 1024;
/** Far above what an agent reads. */
const HUGE_BYTES = 128 * MIB;
const DEPTH = 400_000;

const plain = () => ({
  wanted: [],
  checkInIntervalSeconds: 5,
  ordersWaiting: true,
  serverTime: new Date().toISOString(),
});
const text =
  (body: string): Answer =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(body);
const told =
  (change: object): Answer =>
  (_, response) =>
    json(response, { ...plain(), ...change });
const problem =
  (status: number, code: string, extra: object): Answer =>
  (_, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': '999999999' })
      .end(JSON.stringify({ type: `urn:thimble:problem:${code}`, title: code, status, code, extra }));

/** What a check-in of an agent may be answered with, by what is wrong with it. */
export const HOSTILE_REPLIES: readonly (readonly [string, Answer])[] = [
  [
    'that never ends',
    (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const piece = Buffer.alloc(MIB, ' ');
      let sentBytes = 0;
      const more = (): void => {
        while (sentBytes < HUGE_BYTES && !response.destroyed) {
          sentBytes += piece.byteLength;
          if (!response.write(piece)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    },
  ],
  ['that is deep', text(`{"wanted":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`)],
  [
    'that is deep beside what is asked for',
    text(`${JSON.stringify(plain()).slice(0, -1)},"more":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`),
  ],
  ['with prototypes', text(`{"__proto__":${JSON.stringify(plain())},"constructor":{"prototype":{"wanted":[]}}}`)],
  ['that is no JSON', text('<html>')],
  ['of wrong types', told({ checkInIntervalSeconds: '5', wanted: 'manifest' })],
  ['that asks for files', told({ wanted: ['../../../etc/shadow'] })],
  ['with a time that is none', told({ serverTime: '9999-99-99T99:99:99.999Z' })],
  [
    'that leads elsewhere',
    (_, response) => void response.writeHead(307, { location: 'http://169.254.169.254/' }).end(),
  ],
  ['that uses the numbers up', problem(409, 'stale-sequence', { lastSequence: 2 ** 53 - 513 })],
  [
    'of a far future',
    (_, response) => {
      response.setHeader('date', 'Sat, 13 Sep 275760 00:00:00 GMT');
      json(response, plain());
    },
  ],
  ['that says it is removed', problem(410, 'removed', {})],
  [
    'with news that nobody signed',
    told({
      trust: {
        approverSets: [],
        orderKeys: [],
        halt: null,
        serverTime: { payloadType: 'x', payload: '!!', signatures: [{ keyid: '__proto__', sig: '' }] },
      },
    }),
  ],
];
