import { createRecordedHost, type Recording } from '@thimble/drivers';
import { describe, expect, test } from 'vitest';
import { findAllowed } from './allow-list.ts';

const DRAIN = '/etc/thimble/steps.d/drain';

function look(recording: Recording, name = 'drain') {
  return findAllowed(createRecordedHost({ files: { [DRAIN]: '#!/bin/sh\n' }, ...recording }), 'step', name);
}

describe('the allow-list of steps', () => {
  test('an executable of root in folders of root is allowed', async () => {
    expect(await look({})).toEqual({ ok: true, path: DRAIN });
  });

  test.each<readonly [string, Recording, string]>([
    ['that is not there', { files: { '/etc/thimble/steps.d/other': '' } }, `there is no ${DRAIN}`],
    ['whose folder is not there', { files: { '/etc/passwd': '' } }, 'there is no /etc/thimble'],
    [
      'that is a link',
      { files: { '/etc/thimble/steps.d/x': '' }, links: { [DRAIN]: '/bin/sh' } },
      'not a regular file',
    ],
    ['that is a folder', { files: { [`${DRAIN}/x`]: '' } }, 'not a regular file'],
    ['of somebody else', { owned: { [DRAIN]: { ownerId: 1000 } } }, 'does not belong to root (uid 1000)'],
    ['that its group writes', { owned: { [DRAIN]: { mode: 0o775 } } }, 'others than root can write'],
    ['that everybody writes', { owned: { [DRAIN]: { mode: 0o757 } } }, 'others than root can write'],
    ['that is not executable', { owned: { [DRAIN]: { mode: 0o644 } } }, 'not executable'],
    ['in a folder that everybody writes', { owned: { '/etc/thimble/steps.d': { mode: 0o777 } } }, 'others than root'],
    ['in a folder with a sticky bit', { owned: { '/etc/thimble': { mode: 0o1777 } } }, 'others than root can write'],
    ["below somebody else's folder", { owned: { '/etc': { ownerId: 33 } } }, '/etc does not belong to root'],
    ['below a root folder of somebody else', { owned: { '/': { ownerId: 33 } } }, '/ does not belong to root'],
  ])('a step %s is not', async (_, recording, why) => {
    expect(await look(recording)).toMatchObject({ ok: false, message: expect.stringContaining(why) });
  });

  test('a folder on the way that is a link is not followed', async () => {
    const host = createRecordedHost({ files: { [DRAIN]: '' } });
    const linked = {
      ...host,
      stat: async (path: string) => {
        const status = await host.stat(path);
        return status !== null && path === '/etc/thimble' ? { ...status, kind: 'link' as const } : status;
      },
    };
    expect(await findAllowed(linked, 'step', 'drain')).toMatchObject({ ok: false });
  });

  test.each(['', '.', '..', '../drain', 'a/b', 'Drain', '-x', 'a b', 'a\nb', `a${'b'.repeat(63)}`])(
    'the name %j stands for nothing',
    async (name) => {
      expect(await look({}, name)).toMatchObject({ ok: false });
    },
  );

  test('steps are no checks', async () => {
    const host = createRecordedHost({ files: { [DRAIN]: '' } });
    expect(await findAllowed(host, 'check', 'drain')).toMatchObject({ ok: false });
  });
});
