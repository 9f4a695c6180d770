import { Advisory, Fact } from '@thimble/advisories';
import { Compile } from 'typebox/compile';

const advisories = Compile(Advisory);
const facts = Compile(Fact);

export type Checked<Record> =
  | { readonly record: Record; readonly fault: null }
  | { readonly record: null; readonly fault: string };

/** A record that keeps to the model and is of that feed; or why not. */
export function checkAdvisory(record: unknown, feed: string): Checked<Advisory> {
  if (!advisories.Check(record)) return { record: null, fault: firstError(advisories.Errors(record)) };
  const fault = feedFault(record.provenance.feed, feed);
  return fault === null ? { record, fault } : { record: null, fault };
}

export function checkFact(record: unknown, feed: string): Checked<Fact> {
  if (!facts.Check(record)) return { record: null, fault: firstError(facts.Errors(record)) };
  const fault = feedFault(record.provenance.feed, feed);
  return fault === null ? { record, fault } : { record: null, fault };
}

function feedFault(named: string, feed: string): string | null {
  return named === feed ? null : `it names another feed, ${named}`;
}

function firstError(errors: readonly { readonly instancePath: string; readonly message: string }[]): string {
  const [first] = errors;
  return first === undefined ? 'it does not keep to the model' : `${first.instancePath || '(all)'} ${first.message}`;
}
