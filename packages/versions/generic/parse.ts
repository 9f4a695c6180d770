import { parseCiscoVersion, type CiscoVersion } from './cisco.ts';
import { parseDottedVersion, type DottedVersion } from './dotted.ts';
import { parseJunosVersion, type JunosVersion } from './junos.ts';

/** One of the forms in which vendors write the versions of devices and applications. */
export type GenericVersion = CiscoVersion | JunosVersion | DottedVersion;

/** ASCII only: some signs beyond it have a lower case within. */
const PRINTABLE = /^[!-~]+$/;

/** In either case, because CPE names are in lower case. The backslashes of a CPE name are not part of a version. */
export function parseGenericVersion(text: string): GenericVersion | null {
  if (!PRINTABLE.test(text)) return null;
  const lower = text.toLowerCase();
  return parseCiscoVersion(lower) ?? parseJunosVersion(lower) ?? parseDottedVersion(lower);
}
