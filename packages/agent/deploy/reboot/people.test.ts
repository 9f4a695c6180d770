import { createRecordedHost, type RecordedCommand } from '@thimble/drivers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signedIn } from './people.ts';

const prints = (words: string, stdout: string): RecordedCommand => ({
  argv: (argv) => argv.join(' ').startsWith(words),
  result: { stdout },
});
const LOGIND = [
  prints(
    'loginctl list-sessions',
    '  3 1000 anna seat0 tty2\n 10 1001 ben        pts/0\n c1  112 Debian-gdm seat0 tty1\n  4 1002 carl - -\n',
  ),
  prints(
    'loginctl show-session --property=Class --property=State --property=Name --property=User -- 3',
    'User=1000\nName=anna\nClass=user\nState=active\n',
  ),
  prints(
    'loginctl show-session --property=Class --property=State --property=Name --property=User -- 10',
    'User=1001\nName=ben\nClass=user\nState=online\n',
  ),
  prints(
    'loginctl show-session --property=Class --property=State --property=Name --property=User -- c1',
    'User=112\nName=Debian-gdm\nClass=greeter\nState=online\n',
  ),
  prints(
    'loginctl show-session --property=Class --property=State --property=Name --property=User -- 4',
    'User=1002\nName=carl\nClass=user\nState=closing\n',
  ),
];
const ANNA = { name: 'anna', id: 1000 };
const BEN = { name: 'ben', id: 1001 };
const UTMP = { files: { '/run/utmp': 'x' } };
const who = (stdout: string) => [prints('who', stdout), prints('id -u -- anna', '1000\n')];

describe('who is signed in', () => {
  test('is who has a session of their own; sign-in screens and sessions that end are nobody', async () => {
    expect(await signedIn(createRecordedHost({ commands: LOGIND }))).toEqual([ANNA, BEN]);
  });

  test('is also who is at a terminal without a session of logind, each once', async () => {
    const line = 'anna     pts/0        2026-11-22 13:00 (10.77.0.1)\n';
    expect(await signedIn(createRecordedHost({ ...UTMP, commands: who(`${line}${line}`) }))).toEqual([ANNA]);
    const both = createRecordedHost({ ...UTMP, commands: [...LOGIND, ...who(line)] });
    expect(await signedIn(both)).toEqual([ANNA, BEN]);
  });

  test.each([
    ['root at a terminal', 'User=0\nName=root\nClass=user-early\nState=active\n', [{ name: 'root', id: 0 }]],
    ['a session of a class that nobody knows', 'User=1000\nName=anna\nClass=new\nState=active\n', [ANNA]],
    ['a session that can not be looked at', '', [ANNA]],
    ['a job', 'User=1000\nName=anna\nClass=background-light\nState=active\n', []],
    ["a person's manager", 'User=1000\nName=anna\nClass=manager\nState=active\n', []],
  ])('of logind: %s', async (_, shown, expected) => {
    const commands = [prints('loginctl list', '  3 1000 anna seat0 tty2\n'), prints('loginctl show', shown)];
    expect(await signedIn(createRecordedHost({ commands }))).toEqual(expected);
  });

  test('is not known when one of those that know it fails', async () => {
    const failing = { argv: ['loginctl', 'list-sessions', '--no-legend', '--no-pager'], result: { exitCode: 1 } };
    const runs = { '/run/systemd/sessions/3': '', '/run/utmp': 'x' };
    const commands = [failing, prints('who', '')];
    expect(await signedIn(createRecordedHost({ files: runs, commands }))).toBeNull();
    expect(await signedIn(createRecordedHost({ ...UTMP, commands }))).toEqual([]);
  });

  test('somebody whose number is not known is somebody', async () => {
    const host = createRecordedHost({ ...UTMP, commands: [prints('who', 'ghost pts/0 2026-11-22 13:00\n')] });
    expect(await signedIn(host)).toEqual([{ name: 'ghost', id: null }]);
  });

  test('is nobody only where somebody can tell', async () => {
    expect(await signedIn(createRecordedHost({ commands: [prints('loginctl', '')] }))).toEqual([]);
    expect(await signedIn(createRecordedHost({ ...UTMP, commands: [prints('who', '')] }))).toEqual([]);
    expect(await signedIn(createRecordedHost({}))).toBeNull();
    const failing = { argv: () => true, result: { exitCode: 1, stdout: '' } };
    expect(await signedIn(createRecordedHost({ commands: [failing] }))).toBeNull();
  });

  test('is never a surprise, whatever is printed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string(), async (listed, shown) => {
        const commands = [
          prints('loginctl list', listed),
          prints('loginctl show', shown),
          prints('who', listed),
          prints('id', shown),
        ];
        const people = await signedIn(createRecordedHost({ ...UTMP, commands }));
        for (const { id } of people ?? []) expect(id === null || Number.isInteger(id)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
