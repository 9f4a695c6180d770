import { expect, test } from 'vitest';
import { mountsBelow } from './overlay.ts';

test('mounts at and below a folder come deepest first, a namesake beside it does not', () => {
  const mounts = [
    'overlay /labs/1/web/root overlay rw 0 0',
    'tmpfs /labs/1/web/root/run tmpfs rw 0 0',
    'tmpfs /labs/10 tmpfs rw 0 0',
    'tmpfs /labs/1/with\\040blank tmpfs rw 0 0',
    '',
  ].join('\n');
  expect(mountsBelow('/labs/1', mounts)).toEqual(['/labs/1/with blank', '/labs/1/web/root/run', '/labs/1/web/root']);
});
