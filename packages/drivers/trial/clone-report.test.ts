import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCloneReport } from './clone-report.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('what the clone said', () => {
  test('is read line by line, between those of apt', () => {
    const text = [
      `trial gap ${base64('/boot')} ${base64('read-only: vfat')}`,
      'trial clone',
      'pmstatus:tool:40:Configuring tool',
      `trial step 0 120 ${base64('fine\n')}`,
      `trial step killed 60000 `,
      `trial step 3 10 ${base64('bad')}`,
      'trial disk 4096',
      'trial stood-in update-grub',
      'trial end',
      '',
    ].join('\n');
    expect(parseCloneReport(text)).toEqual({
      impossible: null,
      made: true,
      steps: [
        { exitCode: 0, durationMs: 120, output: 'fine\n' },
        { exitCode: null, durationMs: 60_000, output: '' },
        { exitCode: 3, durationMs: 10, output: 'bad' },
      ],
      limit: null,
      diskBytes: 4096,
      gaps: [{ what: '/boot', why: 'read-only: vfat' }],
      stoodIn: ['update-grub'],
      ended: true,
    });
  });

  test('is why there is no clone', () => {
    const report = parseCloneReport(`trial impossible ${base64('mount failed: not permitted')}\n`);
    expect(report).toMatchObject({ impossible: 'mount failed: not permitted', made: false, ended: false });
  });

  test.each(['time', 'disk', 'memory'])('is the limit that it met: %s', (limit) => {
    expect(parseCloneReport(`trial clone\ntrial limit ${limit}\n`)).toMatchObject({ limit, ended: false });
  });

  test('never throws, and garbage is neither an end nor a success', () => {
    const word = fc.oneof(fc.constantFrom('trial', 'step', 'limit', 'gap', 'disk', '0', '\n', ' '), fc.string());
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const text = words.join(' ');
        const { ended, steps } = parseCloneReport(text);
        if (!text.includes('trial end')) expect(ended).toBe(false);
        if (!text.includes('trial step')) expect(steps).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
