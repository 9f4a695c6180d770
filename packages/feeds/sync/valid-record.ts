import { Advisory, Fact } from '@thimble/advisories';
import { Compile } from 'typebox/compile';

const advisories = Compile(Advisory);
const facts = Compile(Fact);

/** Why a record does not keep to the model, or is not of that feed; null: it is good. */
export function advisoryFault(record: unknown, feed: string): string | null {
  if (!advisories.Check(record)) return firstError(advisories.Errors(record));
  return feedFault(record.provenance.feed, feed);
}

export function factFault(record: unknown, feed: string): string | null {
  if (!facts.Check(record)) return firstError(facts.Errors(record));
  return feedFault(record.provenance.feed, feed);
}

function feedFault(named: string, feed: string): string | null {
  return named === feed ? null : `it names another feed, ${named}`;
}

function firstError(errors: readonly { readonly instancePath: string; readonly message: string }[]): string {
  const [first] = errors;
  return first === undefined ? 'it does not keep to the model' : `${first.instancePath || '(all)'} ${first.message}`;
}
