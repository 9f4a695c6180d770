import type { VulnerabilitySummary } from '@thimble/protocol';
import type { VulnerabilityFilter } from '../api/assess-queries.ts';
import { everyPage } from '../api/every-page.ts';
import { useAction } from '../feedback/use-action.ts';
import { toCsv } from '../format/csv.ts';
import { downloadFile } from '../format/download.ts';
import { VULNERABILITY_CSV_HEADER, vulnerabilityCsvRow } from './vulnerability-columns.tsx';

/** Every vulnerability that the filter gives, as a CSV file. */
export function useVulnerabilityExport(filter: VulnerabilityFilter) {
  return useAction({
    run: () => everyPage<VulnerabilitySummary>('/vulnerabilities', { ...filter }),
    done: (all) =>
      downloadFile('vulnerabilities.csv', 'text/csv', toCsv(VULNERABILITY_CSV_HEADER, all.map(vulnerabilityCsvRow))),
  });
}
