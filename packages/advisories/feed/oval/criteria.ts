import type { XmlElement } from '../xml.ts';
import type { OvalTest } from './tests.ts';

/** A package that a definition holds for, with the conditions that stand around it in the tree of criteria. */
export interface OvalPackage {
  readonly name: string;
  /** Affected before this version; null: in every version. */
  readonly before: string | null;
  /** Comments of the criteria that must hold besides: `Oracle Linux 8 is installed`, `Module virt:kvm is enabled`. */
  readonly conditions: readonly string[];
  readonly architecture: string | null;
}

/** Most packages of one definition: kernels have some hundred, times architectures. */
const LIMIT_PACKAGES = 50_000;

/**
 * The packages of a definition's criteria. `AND` joins its criteria to the conditions of what is below it; `OR` has
 * alternatives. Negated parts say nothing of what is affected; `complain` is told of them.
 */
export function packagesOf(
  definition: XmlElement,
  tests: ReadonlyMap<string, OvalTest>,
  complain: (reason: string) => void,
): readonly OvalPackage[] {
  const packages: OvalPackage[] = [];
  const walk = (node: XmlElement, around: Pick<OvalPackage, 'conditions' | 'architecture'>): void => {
    const parts = node.children.filter(({ name }) => name === 'criteria' || name === 'criterion');
    const kept = parts.filter(({ attributes }) => attributes.get('negate') !== 'true');
    if (kept.length < parts.length) complain('a part of its criteria is negated, and left out');
    const criteria = kept.filter(({ name }) => name === 'criterion');
    const together = (node.attributes.get('operator') ?? 'AND') === 'AND';
    const here = together ? withConditions(around, criteria, tests) : around;
    for (const criterion of criteria) {
      const test = tests.get(criterion.attributes.get('test_ref') ?? '');
      if (test?.kind !== 'before' && test?.kind !== 'installed') continue;
      if (packages.length >= LIMIT_PACKAGES) {
        complain(`it has more than ${LIMIT_PACKAGES} packages`);
        return;
      }
      packages.push({ ...here, name: test.name, before: test.kind === 'before' ? test.evr : null });
    }
    for (const child of kept) if (child.name === 'criteria') walk(child, here);
  };
  for (const root of definition.children)
    if (root.name === 'criteria') walk(root, { conditions: [], architecture: null });
  return packages;
}

function withConditions(
  around: Pick<OvalPackage, 'conditions' | 'architecture'>,
  criteria: readonly XmlElement[],
  tests: ReadonlyMap<string, OvalTest>,
): Pick<OvalPackage, 'conditions' | 'architecture'> {
  const conditions = [...around.conditions];
  let { architecture } = around;
  for (const criterion of criteria) {
    const test = tests.get(criterion.attributes.get('test_ref') ?? '') ?? { kind: 'other' };
    if (test.kind === 'architecture') architecture = test.pattern;
    // What is installed may be the release itself: `oraclelinux-release is installed`.
    if (test.kind === 'other' || test.kind === 'installed') conditions.push(criterion.attributes.get('comment') ?? '');
  }
  return { conditions, architecture };
}
