import type { InstalledPackage, ListedFix } from '@thimble/lab';

/**
 * The fixes of Debian's lists as OVAL 5.11 definitions, as Debian's own OVAL has them: a definition for each advisory, a
 * dpkginfo test for each binary package, compared as `debian_evr_string`. Only binaries that are installed are named, which
 * is in the scanner's favour: the published documents name all.
 */
export function ovalDocument(packages: readonly InstalledPackage[], fixes: readonly ListedFix[]): string {
  const binaries = new Map<string, Set<string>>();
  for (const { source, name } of packages) binaries.set(source, (binaries.get(source) ?? new Set()).add(name));
  const names = [...new Set(packages.map(({ name }) => name))];
  const objectOf = new Map(names.map((name, index) => [name, `oval:org.example:obj:${index + 1}`]));
  const parts = { definitions: [] as string[], tests: [] as string[], states: [] as string[] };
  fixes.forEach(({ advisory, source, fixed, vulnerabilities }, index) => {
    const state = `oval:org.example:ste:${index + 1}`;
    const installed = [...(binaries.get(source) ?? [])];
    // A definition without a test can't be: what is not installed is asked for by the source's own name.
    const asked = installed.length > 0 ? installed : [source];
    const tests = asked.map((name, nth) => ({ name, id: `oval:org.example:tst:${index * 1000 + nth + 1}` }));
    for (const { name } of tests)
      if (!objectOf.has(name)) objectOf.set(name, `oval:org.example:obj:${objectOf.size + 1}`);
    parts.states.push(
      `<linux:dpkginfo_state id="${state}" version="1"><linux:evr datatype="debian_evr_string" operation="less than">${evr(fixed)}</linux:evr></linux:dpkginfo_state>`,
    );
    for (const { name, id } of tests)
      parts.tests.push(
        `<linux:dpkginfo_test id="${id}" version="1" check="all" check_existence="at_least_one_exists" comment="${name}"><linux:object object_ref="${objectOf.get(name) ?? ''}"/><linux:state state_ref="${state}"/></linux:dpkginfo_test>`,
      );
    const criteria = tests.map(({ id }) => `<criterion test_ref="${id}"/>`).join('');
    const references = vulnerabilities.map((id) => `<reference source="CVE" ref_id="${id}"/>`).join('');
    parts.definitions.push(
      `<definition id="oval:org.example:def:${index + 1}" version="1" class="patch"><metadata><title>${advisory}</title>${references}<description>${advisory}</description></metadata><criteria operator="OR">${criteria}</criteria></definition>`,
    );
  });
  const objects = [...objectOf].map(
    ([name, id]) =>
      `<linux:dpkginfo_object id="${id}" version="1"><linux:name>${name}</linux:name></linux:dpkginfo_object>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5" xmlns:oval="http://oval.mitre.org/XMLSchema/oval-common-5" xmlns:linux="http://oval.mitre.org/XMLSchema/oval-definitions-5#linux">
<generator><oval:schema_version>5.11.1</oval:schema_version><oval:timestamp>2026-01-01T00:00:00</oval:timestamp></generator>
<definitions>${parts.definitions.join('\n')}</definitions>
<tests>${parts.tests.join('\n')}</tests>
<objects>${objects.join('\n')}</objects>
<states>${parts.states.join('\n')}</states>
</oval_definitions>
`;
}

/** The type always has an epoch and a revision. */
function evr(version: string): string {
  const withEpoch = /^\d+:/.test(version) ? version : `0:${version}`;
  return withEpoch.includes('-') ? withEpoch : `${withEpoch}-0`;
}
