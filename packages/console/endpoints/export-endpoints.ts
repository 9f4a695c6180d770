import type { EndpointList, EndpointSummary } from '@thimble/protocol';
import { get } from '../api/client.ts';
import type { EndpointFilter } from '../api/queries.ts';
import { useAction } from '../feedback/use-action.ts';
import { toCsv } from '../format/csv.ts';
import { downloadFile } from '../format/download.ts';
import { ENDPOINT_CSV_HEADER, endpointCsvRow } from './endpoint-columns.tsx';

const PER_PAGE = 1000;
/** 200,000 endpoints; a server that never ends its list must not hold the browser for ever. */
const PAGES_LIMIT = 200;

/** Every endpoint that matches, not only those that were scrolled to, as a CSV file. */
export function useEndpointExport(filter: EndpointFilter) {
  return useAction({
    run: async (): Promise<readonly EndpointSummary[]> => {
      const all: EndpointSummary[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < PAGES_LIMIT; page += 1) {
        const list: EndpointList = await get<EndpointList>('/endpoints', {
          ...filter,
          limit: PER_PAGE,
          cursor: cursor ?? undefined,
        });
        all.push(...list.items);
        cursor = list.nextCursor;
        if (cursor === null) return all;
      }
      throw new Error('The list of endpoints does not end.');
    },
    done: (all) => downloadFile('endpoints.csv', 'text/csv', toCsv(ENDPOINT_CSV_HEADER, all.map(endpointCsvRow))),
  });
}
