import type { Gap } from '@thimble/protocol';
import type { Host } from '../../host.ts';
import type { AptError } from '../apt-errors.ts';
import type { AptPlaces } from '../sources/apt-places.ts';
import { listParts, readSmall } from '../sources/read-sources.ts';

export type OriginPins =
  /** `text` replaces the endpoint's preferences for calls that use a snapshot; null: none of them is about origins. */
  { readonly ok: true; readonly text: string | null } | { readonly ok: false; readonly error: AptError };

/**
 * The endpoint's own preferences, apt_preferences(5), in which `Pin: origin HOST` means the loopback address that stands
 * for that host: who prefers or shuns a vendor by its host does so for a snapshot of it too.
 *
 * @param addresses by the host's name in lower case; null: there are more hosts than addresses
 */
export async function translateOriginPins(
  host: Host,
  places: Pick<AptPlaces, 'preferences' | 'preferencesParts'>,
  addresses: ReadonlyMap<string, string> | null,
): Promise<OriginPins> {
  const gaps: Gap[] = [];
  const names = await listParts(host, places.preferencesParts, /^[^.]+(\.pref)?$/, gaps);
  const paths = [places.preferences, ...names.map((name) => `${places.preferencesParts}/${name}`)];
  const texts: string[] = [];
  let found = false;
  for (const path of paths) {
    const text = await readSmall(host, path, gaps);
    if (text === null) continue;
    const translated = translate(text, addresses);
    if (translated === null) return unsupported(path);
    found ||= translated !== text;
    texts.push(translated);
  }
  const [unread] = gaps;
  if (unread !== undefined)
    return { ok: false, error: { code: 'unsupported', message: `${unread.what} can't be read: ${unread.why}` } };
  return { ok: true, text: found ? texts.join('\n\n') : null };
}

function unsupported(path: string): OriginPins {
  const message = `${path} pins by a pattern of origins, or there are too many: for a snapshot, pin by the name of each host`;
  return { ok: false, error: { code: 'unsupported', message } };
}

/** null: what it means can't be said of loopback addresses. */
function translate(text: string, addresses: ReadonlyMap<string, string> | null): string | null {
  let possible = true;
  const translated = text.replace(
    /^(Pin:[ \t]*origin[ \t]+)("?)([^"\n]*?)("?[ \t]*)$/gim,
    (line, start, open, name, end) => {
      const site = String(name).trim().toLowerCase();
      // The empty one is of what is on this machine.
      if (site === '') return String(line);
      if (addresses === null || /[*?[\]/]/.test(site)) possible = false;
      const address = addresses?.get(site);
      return address === undefined ? String(line) : `${start}${open}${address}${end}`;
    },
  );
  return possible ? translated : null;
}
