import { HostError, type Host } from '../host.ts';
import { field, stanzas } from '../deb822.ts';
import { READ_LIMITS } from './limits.ts';

/** apt's words for yes (StringToBool). */
const YES = /^(yes|true|with|on|enable|1)$/i;

/**
 * Whether a sources entry says `trusted=yes` (sources.list(5)): apt then takes what it has without any signature, and
 * still calls it trusted. What can't be read counts as said: nobody can vouch for it.
 *
 * @param entry `FILE:NUMBER` as `apt-get indextargets` names it: the line of a list, the stanza of a deb822 file.
 */
export async function declaresTrust(host: Host, entry: string, uri: string): Promise<boolean> {
  const [, path, number] = /^(\/.*):(\d+)$/.exec(entry) ?? [];
  if (path === undefined) return true;
  let text: string | undefined;
  try {
    text = (await host.readFile(path, { maxBytes: READ_LIMITS.smallFileBytes }))?.toString('latin1');
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
  }
  if (text === undefined) return true;
  if (!path.endsWith('.sources')) return lineDeclares(text.split('\n')[Number(number) - 1] ?? '');
  // Comments make stanzas that apt does not count, so the repository's address finds its own.
  const address = uri.replace(/\/+$/, '');
  return [...stanzas(text)].some((stanza) => stanza.includes(address) && YES.test(field(stanza, 'Trusted') ?? ''));
}

function lineDeclares(line: string): boolean {
  const options = /^\s*deb(?:-src)?\s+\[([^\]]*)\]/.exec(line)?.[1] ?? '';
  return options.split(/\s+/).some((option) => {
    const [, value = ''] = /^trusted=(.*)$/i.exec(option) ?? [];
    return YES.test(value);
  });
}
