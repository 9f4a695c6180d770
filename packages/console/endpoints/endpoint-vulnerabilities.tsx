import { NativeSelect, Stack, Text } from '@mantine/core';
import { IconShieldCheck, IconShieldQuestion } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { EndpointSummary, EndpointVulnerability, EndpointVulnerabilityList } from '@thimble/protocol';
import { useMemo, useState } from 'react';
import { endpointVulnerabilitiesQuery } from '../api/assess-queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { endOfDay } from '../format/day.ts';
import { plural } from '../format/quantity.ts';
import { formatMoment } from '../format/time.ts';
import { VULNERABILITY_STATES } from '../states/assess-states.ts';
import { DataTable } from '../tables/data-table.tsx';
import { SearchInput } from '../tables/search-input.tsx';
import { Toolbar } from '../tables/toolbar.tsx';
import { ExplanationDialog } from '../vulnerability/explanation-dialog.tsx';
import { AsOfPicker } from './as-of-picker.tsx';
import { endpointVulnerabilityColumns } from './endpoint-vulnerability-columns.tsx';
import { GapsBanner } from './gaps-banner.tsx';

interface EndpointVulnerabilitiesProps {
  readonly endpoint: EndpointSummary;
  readonly asOf: string | undefined;
  readonly onAsOf: (day: string | undefined) => void;
}

const STATE_ORDER = Object.keys(VULNERABILITY_STATES) as EndpointVulnerability['state'][];
const BY_SCORE = [{ id: 'score', desc: true }];
const idOf = (one: EndpointVulnerability): string => `${one.id} ${one.package} ${one.installed} ${one.since}`;
const nameOf = (one: EndpointVulnerability): string => one.id;

/** The vulnerabilities of one endpoint, now or as they were on a day in the past. */
export function EndpointVulnerabilities({ endpoint, asOf, onAsOf }: EndpointVulnerabilitiesProps) {
  const moment = asOf === undefined ? undefined : endOfDay(asOf);
  const query = useQuery(endpointVulnerabilitiesQuery(endpoint.id, moment));
  const [search, setSearch] = useState('');
  const [state, setState] = useState('');
  const [explained, setExplained] = useState<string>();
  const columns = useMemo(() => endpointVulnerabilityColumns((one) => setExplained(one.id)), []);
  return (
    <Stack gap="sm">
      {query.data === undefined ? null : <GapsBanner gaps={query.data.gaps} />}
      <div>
        <Toolbar end={<AsOfPicker asOf={asOf} onChange={onAsOf} />}>
          <SearchInput label="Search vulnerabilities of this endpoint" value={search} onChange={setSearch} />
          <NativeSelect
            aria-label="State"
            data={[
              { value: '', label: 'All states' },
              ...STATE_ORDER.map((one) => ({ value: one, label: VULNERABILITY_STATES[one].label })),
            ]}
            value={state}
            onChange={(event) => setState(event.currentTarget.value)}
          />
        </Toolbar>
        <Loaded query={query} skeleton={<LinesSkeleton lines={8} height={44} />}>
          {(list) => (
            <>
              <Text size="sm" c="dimmed" mb="xs" role="status">
                {statusWords(list, asOf)}
              </Text>
              <DataTable
                label={`Vulnerabilities of ${endpoint.hostname}`}
                columns={columns}
                rows={list.items.filter(
                  (one) =>
                    (state === '' || one.state === state) &&
                    `${one.id} ${one.title} ${one.package} ${one.source ?? ''}`
                      .toLowerCase()
                      .includes(search.toLowerCase()),
                )}
                rowId={idOf}
                rowName={nameOf}
                initialSorting={BY_SCORE}
                empty={<Nothing list={list} endpoint={endpoint} />}
              />
            </>
          )}
        </Loaded>
      </div>
      {explained === undefined ? null : (
        <ExplanationDialog
          subject={{ vulnerability: explained, endpointId: endpoint.id, asOf: moment }}
          onClose={() => setExplained(undefined)}
        />
      )}
    </Stack>
  );
}

function statusWords({ items, total, asOf: moment }: EndpointVulnerabilityList, asOf: string | undefined): string {
  const open = items.filter((one) => one.state !== 'accepted' && one.state !== 'closed').length;
  const cut = total > items.length ? ` The first ${items.length} of ${total} are shown.` : '';
  const when = asOf === undefined ? '' : `As it was on ${formatMoment(moment)}: `;
  return `${when}${plural(open, 'vulnerability', 'vulnerabilities')} open.${cut}`;
}

function Nothing({ list, endpoint }: { list: EndpointVulnerabilityList; endpoint: EndpointSummary }) {
  if (list.items.length > 0) return <EmptyState title="No vulnerability matches" />;
  if (endpoint.state === 'unknown' || list.gaps.length > 0) {
    return (
      <EmptyState icon={<IconShieldQuestion size={34} stroke={1.5} />} title="None is known">
        {endpoint.state === 'unknown'
          ? 'This endpoint was not scanned yet, so this says nothing.'
          : 'Not everything could be assessed: see the gaps above.'}
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<IconShieldCheck size={34} stroke={1.5} />} title="No known vulnerability">
      All its software was held against the advisories at hand.
    </EmptyState>
  );
}
