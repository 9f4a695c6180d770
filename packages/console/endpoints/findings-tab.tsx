import { SegmentedControl, Stack } from '@mantine/core';
import type { EndpointSummary } from '@thimble/protocol';
import { EndpointNextPatches } from './endpoint-next-patches.tsx';
import { EndpointVulnerabilities } from './endpoint-vulnerabilities.tsx';
import { PatchFindings } from './patch-findings.tsx';

const VIEWS = [
  { value: 'vulnerabilities', label: 'Vulnerabilities' },
  { value: 'next-patches', label: 'Next patches' },
  { value: 'updates', label: 'Missing updates' },
] as const;
type View = (typeof VIEWS)[number]['value'];

interface FindingsTabProps {
  readonly endpoint: EndpointSummary;
  readonly view: View;
  /** The day for which vulnerabilities are shown; undefined: now. */
  readonly asOf: string | undefined;
  readonly onChange: (next: { readonly view?: View | undefined; readonly asOf?: string | undefined }) => void;
}

/** What an endpoint is vulnerable to, now or on a day in the past, what removes most of it, and which updates are missing. */
export function FindingsTab({ endpoint, view, asOf, onChange }: FindingsTabProps) {
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label="What of the findings"
        style={{ alignSelf: 'flex-start', maxWidth: '100%', overflowX: 'auto' }}
        data={[...VIEWS]}
        value={view}
        onChange={(value) =>
          onChange({ view: VIEWS.find((one) => one.value === value && value !== 'vulnerabilities')?.value })
        }
      />
      {view === 'vulnerabilities' ? (
        <EndpointVulnerabilities endpoint={endpoint} asOf={asOf} onAsOf={(day) => onChange({ asOf: day })} />
      ) : null}
      {view === 'next-patches' ? <EndpointNextPatches endpoint={endpoint} /> : null}
      {view === 'updates' ? <PatchFindings endpoint={endpoint} /> : null}
    </Stack>
  );
}
