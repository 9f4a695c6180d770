import type { PackageChange } from '@thimble/protocol';
import type { Host } from '../host.ts';
import { mergedPath, packageFiles } from './package-files.ts';
import { scanProcesses } from './processes.ts';
import { isDesktop, restartRule } from './restart-rules.ts';

export interface Consequences {
  readonly servicesToRestart: string[];
  readonly reboot: { needed: boolean; reasons: string[] };
}

/** What changes mean for what runs: units whose code is replaced or that ship in the packages, and a reboot. */
export async function foresee(host: Host, changes: readonly PackageChange[]): Promise<Consequences> {
  const [scan, lists] = await Promise.all([
    scanProcesses(host),
    Promise.all(
      changes
        .filter((change) => change.from !== null)
        .map((change) => packageFiles(host, change.name, change.architecture)),
    ),
  ]);
  const files = new Set(lists.flat().map(mergedPath));
  const units = new Set<string>();
  for (const each of scan.processes) {
    if (each.unit === null) continue;
    const uses = [...each.current, ...each.replaced].some((path) => files.has(mergedPath(path)));
    if (uses || files.has(`/usr/lib/systemd/system/${template(each.unit)}`)) units.add(each.unit);
  }
  const reasons = changes
    .filter((change) => /^linux-image-(?:unsigned-)?\d/.test(change.name) && change.to !== null)
    .map((change) => `${change.name} ${change.to ?? ''}: a kernel takes effect at the next boot`);
  const services = [...units].filter((unit) => unit.endsWith('.service')).sort();
  const desktop = isDesktop(scan.processes.map((each) => each.unit));
  for (const unit of services) {
    const rule = restartRule(unit, desktop);
    if (rule.kind === 'reboot') reasons.push(`${unit}: ${rule.why}`);
  }
  const init = units.has('init') ? ['init'] : [];
  return {
    servicesToRestart: [...init, ...services].slice(0, 1_000),
    reboot: { needed: reasons.length > 0, reasons: reasons.slice(0, 64) },
  };
}

function template(unit: string): string {
  return unit.replace(/@[^.]*\./, '@.');
}
