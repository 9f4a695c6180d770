import { aptBoolean, type ParsedSources, type SourceEntry } from './source-entry.ts';

/** The deb822 form of sources.list(5): each stanza stands for all pairs of its `URIs` and `Suites`. */
export function parseDeb822Sources(text: string, file: string): ParsedSources {
  const entries: SourceEntry[] = [];
  const faults: { number: number; why: string }[] = [];
  // apt drops comments before anything else: one between two stanzas does not join them, one inside does not part them.
  const plain = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => (line.trim() === '' ? '' : line.replace(/\r$/, '')))
    .join('\n');
  let number = 0;
  for (const stanza of plain.split(/\n{2,}/)) {
    if (stanza.trim() === '') continue;
    number += 1;
    const fields = fieldsOf(stanza);
    if (fields === null) {
      faults.push({ number, why: 'a line is neither a field nor goes on with one' });
      continue;
    }
    if (aptBoolean(fields.get('enabled')) === false) continue;
    const words = (name: string) => (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
    if (!words('types').includes('deb')) {
      if (!words('types').includes('deb-src')) faults.push({ number, why: 'its types are not known' });
      continue;
    }
    const [uris, suites, components] = [words('uris'), words('suites'), words('components')];
    if (uris.length === 0 || suites.length === 0) faults.push({ number, why: 'it lacks URIs or Suites' });
    const options = new Map([...fields].filter(([name]) => !OWN_FIELDS.has(name)));
    for (const suite of suites) {
      const flat = suite.endsWith('/');
      if (flat ? components.length > 0 : components.length === 0)
        faults.push({ number, why: flat ? 'a path as suite takes no components' : 'it lacks components' });
      else for (const uri of uris) entries.push({ file, number, uri, suite, components, options });
    }
  }
  return { entries, faults };
}

const OWN_FIELDS: ReadonlySet<string> = new Set(['types', 'uris', 'suites', 'components', 'enabled']);

/** By name in lower case; lines that go on are kept as lines, without their leading blank. null: no deb822. */
function fieldsOf(stanza: string): ReadonlyMap<string, string> | null {
  const fields = new Map<string, string>();
  let last: string | null = null;
  for (const line of stanza.split('\n')) {
    if (line === '') continue;
    if (/^[ \t]/.test(line)) {
      if (last === null) return null;
      fields.set(last, `${fields.get(last) ?? ''}\n${line.slice(1)}`);
      continue;
    }
    const [, name = '', value = ''] = /^([^\s:]+)[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === '') return null;
    last = name.toLowerCase();
    fields.set(last, value);
  }
  return fields;
}
