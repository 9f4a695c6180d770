import type { WhatIf } from '@thimble/protocol';
import { InvalidArgumentError } from 'commander';
import { beginningOf } from '../moment.ts';

const FORM = /^(kev|update):([^@\s]+)@([^:\s]+(?::\d{2}[^:\s]*)*?)(?::(critical|high|medium|low))?(?::(\d{1,3})%)?$/;
const HINT =
  'It has to be kev:PACKAGE@DATE or update:PACKAGE@DATE[:SEVERITY][:PERCENT%], like kev:openssl@2026-12-07 or update:linux@2026-12-07:critical.';

/**
 * What is assumed to happen, as an option's value: `kev:openssl@2026-12-07`.
 *
 * @throws InvalidArgumentError
 */
export function whatIfOf(text: string, before: readonly WhatIf[] = []): readonly WhatIf[] {
  const [, kind, name, moment, severity, percent] = FORM.exec(text) ?? [];
  if (kind === undefined || name === undefined || moment === undefined) throw new InvalidArgumentError(HINT);
  const at = beginningOf(moment);
  if (kind === 'kev') {
    if (severity !== undefined || percent !== undefined) throw new InvalidArgumentError(HINT);
    return [...before, { kind, package: name, at }];
  }
  return [
    ...before,
    {
      kind: 'update',
      package: name,
      at,
      ...(isSeverity(severity) ? { severity } : {}),
      ...(percent === undefined ? {} : { percent: Number(percent) }),
    },
  ];
}

function isSeverity(text: string | undefined): text is 'critical' | 'high' | 'medium' | 'low' {
  return text !== undefined;
}
