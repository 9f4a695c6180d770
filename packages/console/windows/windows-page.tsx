import { Button, Group, NativeSelect, Stack } from '@mantine/core';
import { IconCalendarDown, IconChevronLeft, IconChevronRight, IconSnowflake } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { fileAddress } from '../api/organisation-here.ts';
import { policiesQuery, windowsQuery } from '../api/policy-queries.ts';
import { Banner } from '../feedback/banner.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { dayOf } from '../format/day.ts';
import { useNow } from '../format/moment.tsx';
import { Page } from '../shell/page.tsx';
import { CalendarGrid } from './calendar-grid.tsx';
import { CalendarsPanel } from './calendars-panel.tsx';
import { daysOf, mondayOf, startOfDay } from './days.ts';
import { FreezeDialog } from './freeze-dialog.tsx';
import { FreezesPanel } from './freezes-panel.tsx';

const route = getRouteApi('/frame/windows');
const DAYS_SHOWN = 28;

/** When what may happen in the coming weeks: windows, blackouts and freezes. */
export function WindowsPage() {
  const { from, policy } = route.useSearch();
  const navigate = route.useNavigate();
  const now = useNow();
  const [freezing, setFreezing] = useState(false);
  const first = from ?? mondayOf(now);
  const range = {
    from: new Date(startOfDay(first, 0)).toISOString(),
    to: new Date(startOfDay(first, DAYS_SHOWN)).toISOString(),
    ...(policy === undefined ? {} : { policyId: policy }),
  };
  const query = useQuery(windowsQuery(range));
  const policies = useQuery(policiesQuery).data?.items ?? [];
  const change = (next: { from?: string | undefined; policy?: string | undefined }): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  const move = (days: number): void => change({ from: dayOf(startOfDay(first, days)) });
  return (
    <Page
      title="Windows"
      description="When installations may begin and end. Nothing begins in a blackout or a freeze, whatever the windows say."
      actions={
        <>
          <Button
            variant="default"
            component="a"
            href={fileAddress('/windows/ics', range)}
            download="windows.ics"
            leftSection={<IconCalendarDown size={16} aria-hidden />}
          >
            As a calendar
          </Button>
          <Permitted needs="policies:write">
            <Button leftSection={<IconSnowflake size={16} aria-hidden />} onClick={() => setFreezing(true)}>
              Freeze …
            </Button>
          </Permitted>
        </>
      }
    >
      <Stack gap="md">
        <FreezesPanel />
        <Group justify="space-between" gap="sm">
          <Group gap="xs">
            <Button variant="default" px={10} aria-label="Earlier" onClick={() => move(-DAYS_SHOWN / 2)}>
              <IconChevronLeft size={16} aria-hidden />
            </Button>
            <Button variant="default" onClick={() => change({ from: undefined })}>
              This week
            </Button>
            <Button variant="default" px={10} aria-label="Later" onClick={() => move(DAYS_SHOWN / 2)}>
              <IconChevronRight size={16} aria-hidden />
            </Button>
          </Group>
          <NativeSelect
            aria-label="Policy"
            value={policy ?? ''}
            data={[
              { value: '', label: 'All policies' },
              ...policies.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={({ currentTarget: { value } }) => change({ policy: value === '' ? undefined : value })}
          />
        </Group>
        <Loaded query={query} skeleton={<LinesSkeleton lines={10} height={44} />}>
          {(calendar) => (
            <>
              {calendar.truncated ? (
                <Banner kind="unknown">
                  There is more in these weeks than is shown. Choose one policy to see all of it.
                </Banner>
              ) : null}
              <CalendarGrid days={daysOf(calendar.items, first, DAYS_SHOWN)} today={dayOf(now)} />
            </>
          )}
        </Loaded>
        <CalendarsPanel />
      </Stack>
      {freezing ? <FreezeDialog onClose={() => setFreezing(false)} /> : null}
    </Page>
  );
}
