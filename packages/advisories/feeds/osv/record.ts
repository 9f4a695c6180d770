import { fieldsOf, listOf, own, text, type Fields } from '../../feed/json-value.ts';

/** The fields of a record that are read, once they were found to be what the schema says. */
export interface OsvRecord {
  readonly id: string;
  readonly summary: string;
  readonly details: string;
  readonly published: unknown;
  readonly modified: unknown;
  readonly withdrawn: unknown;
  readonly aliases: readonly string[];
  readonly upstream: readonly string[];
  readonly related: readonly string[];
  readonly severity: readonly unknown[];
  readonly references: readonly unknown[];
  readonly affected: readonly unknown[];
  readonly databaseSpecific: Fields;
  /** What was left out, and why. */
  readonly problems: readonly string[];
}

const ID = /^[\x21-\x7e]{1,128}$/;
const NOTHING: Fields = {};

/** A record of the OSV schema 1.x, or in words why it is none. */
export function osvRecord(value: unknown): OsvRecord | string {
  const fields = fieldsOf(value);
  if (fields === null) return 'is no object';
  const id = own(fields, 'id');
  if (typeof id !== 'string' || !ID.test(id)) return 'has no id';
  const affected = own(fields, 'affected') ?? [];
  if (!Array.isArray(affected)) return 'affected is no list';
  const problems: string[] = [];
  const ids = (name: string): readonly string[] => {
    const all = listOf(own(fields, name) ?? []);
    if (all === null) problems.push(`${name} is no list`);
    const valid = (all ?? []).filter((item) => typeof item === 'string' && ID.test(item)) as string[];
    if (all !== null && valid.length < all.length) problems.push(`${name} has an entry that is no id`);
    return [...new Set(valid)];
  };
  return {
    id,
    summary: text(own(fields, 'summary')),
    details: text(own(fields, 'details')),
    published: own(fields, 'published'),
    modified: own(fields, 'modified'),
    withdrawn: own(fields, 'withdrawn'),
    aliases: ids('aliases'),
    upstream: ids('upstream'),
    related: ids('related'),
    severity: listOf(own(fields, 'severity')) ?? [],
    references: listOf(own(fields, 'references')) ?? [],
    affected,
    databaseSpecific: fieldsOf(own(fields, 'database_specific')) ?? NOTHING,
    problems,
  };
}
