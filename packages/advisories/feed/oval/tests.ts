import type { FeedDocument } from '../feed.ts';
import { childOf, textOf, xmlRecords, type XmlElement } from '../xml.ts';

/** What a criterion asks of a system. */
export type OvalTest =
  /** The package's version is before `evr`, `[epoch:]version-release`. */
  | { readonly kind: 'before'; readonly name: string; readonly evr: string }
  /** The package is installed, in whatever version (definitions of what is not repaired). */
  | { readonly kind: 'installed'; readonly name: string }
  /** The system, or a package, has this architecture. */
  | { readonly kind: 'architecture'; readonly pattern: string }
  /** Who signed it, which file exists, which module is enabled …: known by the criterion's comment alone. */
  | { readonly kind: 'other' };

/** Oracle's whole history has 600,000 tests, objects and states. */
const LIMIT_ELEMENTS = 20_000_000;

interface State {
  readonly evr: string | null;
  readonly operation: string;
  readonly arch: string | null;
  readonly conditions: number;
}

/** All tests of an OVAL document by id. They stand after the definitions that refer to them. */
export async function ovalTests(document: FeedDocument, what: string): Promise<ReadonlyMap<string, OvalTest>> {
  const objects = new Map<string, string>();
  const states = new Map<string, State>();
  const tests = new Map<string, { readonly object: string; readonly state: string | null; readonly rpm: boolean }>();
  const names = ['rpminfo_test', 'rpminfo_object', 'rpminfo_state'];
  for await (const { element } of xmlRecords(document.chunks(), names, { what, limitRecords: LIMIT_ELEMENTS })) {
    const id = element.attributes.get('id') ?? '';
    switch (element.name) {
      case 'rpminfo_object':
        objects.set(id, textOf(element, 'name'));
        break;
      case 'rpminfo_state':
        states.set(id, stateOf(element));
        break;
      default:
        tests.set(id, {
          object: childOf(element, 'object')?.attributes.get('object_ref') ?? '',
          state: childOf(element, 'state')?.attributes.get('state_ref') ?? null,
          rpm: true,
        });
    }
  }
  const result = new Map<string, OvalTest>();
  for (const [id, { object, state }] of tests)
    result.set(id, meaningOf(objects.get(object) ?? '', state === null ? null : (states.get(state) ?? null)));
  return result;
}

function stateOf(element: XmlElement): State {
  const evr = childOf(element, 'evr');
  return {
    evr: evr?.text.trim() || null,
    operation: evr?.attributes.get('operation') ?? 'equals',
    arch: textOf(element, 'arch') || null,
    conditions: element.children.length,
  };
}

function meaningOf(name: string, state: State | null): OvalTest {
  if (name === '') return { kind: 'other' };
  if (state === null) return { kind: 'installed', name };
  if (state.evr !== null && state.operation === 'less than')
    return { kind: 'before', name, evr: withoutZeroEpoch(state.evr) };
  if (state.evr === null && state.arch !== null && state.conditions === 1)
    return { kind: 'architecture', pattern: state.arch };
  return { kind: 'other' };
}

/** Also without white space, which no version has (`0: 1.20.10-1.azl3`). */
function withoutZeroEpoch(evr: string): string {
  const text = evr.replace(/\s+/g, '');
  return text.startsWith('0:') ? text.slice(2) : text;
}
