import { makeApproverSet, makeKeyFile, makePasskey } from '@thimble/protocol/testing';
import { expect, test } from 'vitest';
import { listeningTerminal } from '../../testing/terminal.ts';
import { showSet } from './statement-view.ts';

const people = [[makePasskey()], [makePasskey()], [makeKeyFile()]];

test.each<[string, number, number, boolean]>([
  ['two passkeys are enough', 2, 0, true],
  ['a key file is demanded', 2, 1, false],
  ['two passkeys are not enough', 3, 0, false],
  ['nobody has to sign', 0, 0, false],
])('a set says what passkeys alone mean: %s', (_how, threshold, keyFiles, isSaid) => {
  const { terminal, out } = listeningTerminal({});
  const set = makeApproverSet('0199a5a0-0000-7000-8000-0000000000aa', threshold, people);
  showSet(terminal, keyFiles === 0 ? set : { ...set, keyFilesAtLeast: keyFiles });
  expect(out.join('\n').includes('a stolen server can take people’s sign-ins')).toBe(isSaid);
  expect(out.join('\n').includes('1 of them by key file')).toBe(keyFiles === 1);
});
