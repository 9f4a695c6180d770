import type { EndpointSummary } from '@thimble/protocol';
import { everyPage } from '../api/every-page.ts';
import type { EndpointFilter } from '../api/queries.ts';
import { useAction } from '../feedback/use-action.ts';
import { toCsv } from '../format/csv.ts';
import { downloadFile } from '../format/download.ts';
import { ENDPOINT_CSV_HEADER, endpointCsvRow } from './endpoint-columns.tsx';

/** Every endpoint that matches, not only those that were scrolled to, as a CSV file. */
export function useEndpointExport(filter: EndpointFilter) {
  return useAction({
    run: () => everyPage<EndpointSummary>('/endpoints', filter),
    done: (all) => downloadFile('endpoints.csv', 'text/csv', toCsv(ENDPOINT_CSV_HEADER, all.map(endpointCsvRow))),
  });
}
