import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { FeedError } from '../feed/index.ts';
import { RecordId } from '../model/fields.ts';
import { mergedStatements, type Justification, type VexReading, type VexStatement } from './statement.ts';

const Text = Type.String({ maxLength: 500_000 });
const Document = Type.Object({
  bomFormat: Type.Literal('CycloneDX'),
  specVersion: Type.String({ pattern: '^1\\.[4-7]$' }),
  serialNumber: Type.Optional(Text),
  metadata: Type.Optional(
    Type.Object({
      timestamp: Type.Optional(Text),
      component: Type.Optional(Type.Unknown()),
      authors: Type.Optional(Type.Array(Type.Object({ name: Type.Optional(Text) }))),
      supplier: Type.Optional(Type.Object({ name: Type.Optional(Text) })),
    }),
  ),
  components: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 1_000_000 })),
  vulnerabilities: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 200_000 })),
});
const Component = Type.Object({
  'bom-ref': Type.Optional(Text),
  purl: Type.Optional(Text),
  components: Type.Optional(Type.Array(Type.Unknown())),
});
const Vulnerability = Type.Object({
  id: RecordId,
  affects: Type.Optional(Type.Array(Type.Object({ ref: Text }), { maxItems: 200_000 })),
  analysis: Type.Optional(
    Type.Object({
      state: Type.Optional(Text),
      justification: Type.Optional(Text),
      detail: Type.Optional(Text),
      response: Type.Optional(Type.Array(Text)),
    }),
  ),
});
const DOCUMENT = Compile(Document);
const COMPONENT = Compile(Component);
const VULNERABILITY = Compile(Vulnerability);

const LIMIT_FAULTS = 100;
/** Components inside components: real documents have two or three levels. */
const LIMIT_DEPTH = 50;

/** CycloneDX 1.6, vulnerabilities[].analysis.state. */
const STATES: ReadonlyMap<string, VexStatement['status']> = new Map([
  ['exploitable', 'affected'],
  ['not_affected', 'not_affected'],
  ['false_positive', 'not_affected'],
  ['resolved', 'fixed'],
  ['resolved_with_pedigree', 'fixed'],
  ['in_triage', 'under_investigation'],
]);

/** CycloneDX distinguishes more; the nearest common word is taken. */
const JUSTIFICATION_WORDS: ReadonlyMap<string, Justification> = new Map([
  ['code_not_present', 'vulnerable_code_not_present'],
  ['code_not_reachable', 'vulnerable_code_not_in_execute_path'],
  ['requires_configuration', 'vulnerable_code_cannot_be_controlled_by_adversary'],
  ['requires_dependency', 'vulnerable_code_cannot_be_controlled_by_adversary'],
  ['requires_environment', 'vulnerable_code_cannot_be_controlled_by_adversary'],
  ['protected_by_compiler', 'inline_mitigations_already_exist'],
  ['protected_at_runtime', 'inline_mitigations_already_exist'],
  ['protected_at_perimeter', 'inline_mitigations_already_exist'],
  ['protected_by_mitigating_control', 'inline_mitigations_already_exist'],
]);

/** @throws FeedError `malformed` or `too-large` */
export function readCycloneDxVex(json: object): VexReading {
  if (!DOCUMENT.Check(json)) throw new FeedError('malformed', 'the document is not built as CycloneDX 1.4 to 1.7 says');
  const faults: string[] = [];
  const complain = (fault: string): void => {
    if (faults.length < LIMIT_FAULTS) faults.push(fault.slice(0, 500));
  };
  const purls = purlsByReference([json.metadata?.component, ...(json.components ?? [])]);
  const statements = (json.vulnerabilities ?? []).flatMap((each) => statementOf(each, purls, complain));
  const document = {
    id: json.serialNumber ?? '',
    author: json.metadata?.supplier?.name ?? json.metadata?.authors?.[0]?.name ?? '',
    at: json.metadata?.timestamp ?? null,
    statements: mergedStatements(statements),
  };
  return { format: 'cyclonedx', document, faults };
}

function purlsByReference(roots: readonly unknown[]): ReadonlyMap<string, string> {
  const purls = new Map<string, string>();
  const walk = (components: readonly unknown[], depth: number): void => {
    if (depth > LIMIT_DEPTH) throw new FeedError('too-large', `components are nested deeper than ${LIMIT_DEPTH}`);
    for (const component of components) {
      if (!COMPONENT.Check(component)) continue;
      const { 'bom-ref': reference, purl, components: inner } = component;
      if (reference !== undefined && purl !== undefined) purls.set(reference, purl);
      if (inner !== undefined) walk(inner, depth + 1);
    }
  };
  walk(roots, 0);
  return purls;
}

function statementOf(
  each: unknown,
  purls: ReadonlyMap<string, string>,
  complain: (fault: string) => void,
): VexStatement[] {
  if (!VULNERABILITY.Check(each)) {
    complain('an entry of vulnerabilities is not built as the format says');
    return [];
  }
  const { id, affects, analysis } = each;
  const status = STATES.get(analysis?.state ?? '');
  if (status === undefined) {
    // A list of vulnerabilities without an analysis is an inventory, no VEX.
    complain(`${id}: its analysis states no known state`);
    return [];
  }
  const products = (affects ?? []).flatMap(({ ref }) => {
    const purl = ref.startsWith('pkg:') ? ref : purls.get(ref);
    if (purl === undefined)
      complain(`${id}: '${ref.slice(0, 200)}' is no component with a package URL of this document`);
    return purl === undefined ? [] : [purl];
  });
  if (products.length === 0) return [];
  const justification =
    status === 'not_affected' ? (JUSTIFICATION_WORDS.get(analysis?.justification ?? '') ?? null) : null;
  return [{ vulnerability: id, products, status, justification, detail: analysis?.detail ?? '' }];
}
