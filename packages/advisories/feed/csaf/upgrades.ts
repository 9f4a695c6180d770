import type { Interval } from '../../model/index.ts';
import type { CsafVulnerability } from './schema.ts';

/** `FortiOS 7.4: Upgrade to 7.4.8 or above`, one line for each release line. */
const UPGRADE = /^([^:]{1,80}?) (\d{1,9}\.\d{1,9}): Upgrade to (?:upcoming )?(\d[\w.+-]*) or above/i;
/** Longer descriptions are not read line by line. */
const LIMIT_LINES = 1_000;

/** The version that repairs an interval, where the remediation's words name one for the release line that it is in. */
export function upgradesOf(vulnerability: CsafVulnerability): (title: string, interval: Interval) => string | null {
  const upgrades = new Map<string, string>();
  for (const { category, details } of vulnerability.remediations ?? []) {
    if (category !== 'vendor_fix') continue;
    for (const text of (details ?? '').split('\n', LIMIT_LINES)) {
      const [, product, line, version] = UPGRADE.exec(text.trim()) ?? [];
      if (product !== undefined && line !== undefined && version !== undefined && !/upcoming/i.test(text))
        upgrades.set(`${product.toLowerCase()} ${line}`, version);
    }
  }
  return (title, interval) => {
    const line = /^(\d+\.\d+)/.exec(interval.lastAffected ?? interval.introduced ?? '')?.[1];
    return line === undefined ? null : (upgrades.get(`${title.toLowerCase()} ${line}`) ?? null);
  };
}
