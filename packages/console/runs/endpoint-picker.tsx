import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { endpointsQuery } from '../api/queries.ts';

interface EndpointName {
  readonly id: string;
  readonly hostname: string;
}

interface EndpointPickerProps {
  readonly chosen: readonly EndpointName[];
  readonly onChange: (next: readonly EndpointName[]) => void;
}

const SETTLE_MS = 200;
/** More names than this are not read by anybody in a list that narrows while typing. */
const OPTIONS_LIMIT = 50;

/** Endpoints by name, found on the server while typing. */
export function EndpointPicker({ chosen, onChange }: EndpointPickerProps) {
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search, SETTLE_MS);
  const found = useInfiniteQuery(endpointsQuery(settled === '' ? {} : { search: settled }));
  const known = new Map(chosen.map((endpoint) => [endpoint.id, endpoint.hostname]));
  for (const endpoint of found.data?.pages[0]?.items.slice(0, OPTIONS_LIMIT) ?? [])
    known.set(endpoint.id, endpoint.hostname);
  return (
    <MultiSelect
      label="Which"
      placeholder={chosen.length === 0 ? 'Type a host name' : ''}
      searchable
      clearable
      hidePickedOptions
      searchValue={search}
      onSearchChange={setSearch}
      nothingFoundMessage="No endpoint has this name"
      maxDropdownHeight={240}
      data={[...known].map(([value, label]) => ({ value, label }))}
      value={chosen.map((endpoint) => endpoint.id)}
      onChange={(ids) => onChange(ids.map((id) => ({ id, hostname: known.get(id) ?? id })))}
      styles={{ pillsList: { maxHeight: '9rem', overflowY: 'auto' } }}
    />
  );
}
