import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** CISA's catalogue in its own shape, where a mirror has it. */
export function publishCatalogue(mirror: string, count = 2): void {
  const vulnerabilities = Array.from({ length: count }, (_, index) => ({
    cveID: `CVE-2024-${1000 + index}`,
    vendorProject: 'Maker',
    product: 'Product',
    vulnerabilityName: 'Maker Product overflow',
    dateAdded: '2024-05-01',
    shortDescription: 'An overflow.',
    requiredAction: 'Apply updates.',
    dueDate: '2024-05-22',
    knownRansomwareCampaignUse: 'Unknown',
    notes: '',
    cwes: [],
  }));
  const catalogue = {
    title: 'x',
    catalogVersion: '1',
    dateReleased: '2024-05-01T00:00:00.000Z',
    count,
    vulnerabilities,
  };
  mkdirSync(join(mirror, 'kev'), { recursive: true });
  writeFileSync(join(mirror, 'kev', 'known_exploited_vulnerabilities.json'), JSON.stringify(catalogue));
}
