import type { Software } from '../model/index.ts';
import { assessedAs } from './assessed-as.ts';
import type { ClaimKey } from './assessment.ts';

/**
 * Under which keys a store is asked for the claims that can concern this software: a handful, without doubles, in a fixed
 * order. A third party's package has none: the distribution's advisories say nothing about it.
 *
 * Both a source and a binary key are asked for everywhere, because publishers differ in what they speak of; ecosystems of
 * language packages know no difference between them.
 */
export function lookupKeys(software: Software): readonly ClaimKey[] {
  if (software.origin === 'third-party') return [];
  const { namespaces, binary, source } = assessedAs(software);
  return namespaces.flatMap((namespace): readonly ClaimKey[] => {
    if (namespace === 'cpe' || namespace === 'windows') return [{ namespace, nameKind: 'product', name: binary.name }];
    return [
      { namespace, nameKind: 'source', name: source.name },
      { namespace, nameKind: 'binary', name: binary.name },
    ];
  });
}
