import type { RefusalCode } from '@thimble/protocol';

/** What apt-get said went wrong (its `E:` and, for fetching, `W:` lines), and which refusal that is. */
export interface AptError {
  readonly code: RefusalCode;
  readonly message: string;
}

const MESSAGE_MAX = 4_000;

/**
 * The texts of apt 2.2 to 3.0 in the C locale; apt has no machine form for errors. What matches nothing gets the
 * caller's code, so that an unknown text is still an error of the right stage.
 */
const RULES: readonly (readonly [RegExp, RefusalCode])[] = [
  [
    /could not get lock|unable to acquire the dpkg frontend lock|unable to lock (the administration )?directory/i,
    'package-manager-busy',
  ],
  [/dpkg was interrupted|--fix-broken install|read-only file system/i, 'package-manager-broken'],
  [/no space left on device|you don't have enough free space|write error - write \(28/i, 'disk-full'],
  [/held packages were changed/i, 'held-packages'],
  [
    /is not signed|BADSIG|NO_PUBKEY|EXPKEYSIG|REVKEYSIG|GPG error|signatures? (was|were|couldn't|could not|are)|is expired|not valid yet|no longer has a Release file|does not have a Release file|clearsigned file isn't valid|changed its '|OpenPGP|Weak security|unauthenticated packages/i,
    'index-not-verified',
  ],
  [/hash sum mismatch|file has unexpected size/i, 'digest-mismatch'],
  [
    /unmet dependencies|unable to correct problems|pkgProblemResolver|packages need to be removed but|was not found$|unable to locate package|has no installation candidate|couldn't find any package|packages were downgraded and -y|essential packages were removed|unsatisfiable/im,
    'unsatisfiable',
  ],
];

export function classifyAptError(output: string, otherwise: RefusalCode): AptError {
  const lines = output.split('\n').filter((line) => /^[EW]: /.test(line));
  const errors = lines.filter((line) => line.startsWith('E: '));
  const told = errors.length > 0 ? [...errors, ...lines.filter((line) => line.startsWith('W: '))] : lines;
  const text = told.join('\n');
  const rule = RULES.find(([pattern]) => pattern.test(text === '' ? output : text));
  const message = (text === '' ? output.trim().slice(-MESSAGE_MAX) : text).slice(0, MESSAGE_MAX);
  return { code: rule?.[1] ?? otherwise, message: message === '' ? 'apt-get failed without a word' : message };
}
