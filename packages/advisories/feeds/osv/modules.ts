/** A module's name can begin with digits (`389-ds:1.4`), but has a letter. */
const STREAM = /(?<![\w:.-])((?=[\w.+-]*[A-Za-z])[A-Za-z0-9][\w.+-]*):([A-Za-z0-9][\w.-]*)(?![\w:-])/g;
const ADVISORY_ID = /^[A-Z]{2}[SBEX]A-\d{4}:/;

/**
 * The RPM module streams that an advisory is about, from its title (`Important: php:8.0 security update`, `virt:rhel and
 * virt-devel:rhel bug fix update`): AlmaLinux and Rocky state them nowhere else. Only where the fixed build is one of a
 * module (`.module_el8`); empty: the title names none, and the builds alone say that there is one.
 *
 * Of several streams the title does not say which package is whose, so a claim is made for each: a package is in one.
 */
export function modulesOf(title: string, fixedVersions: readonly string[]): readonly string[] {
  if (!fixedVersions.some((version) => /\.module[_+]/.test(version))) return [];
  const streams = [...title.matchAll(STREAM)].map(([stream]) => stream).filter((stream) => !ADVISORY_ID.test(stream));
  return [...new Set(streams)].slice(0, 8);
}
