import { Stack, Title } from '@mantine/core';
import type { EndpointSummary } from '@thimble/protocol';
import { EndpointNextPatches } from './endpoint-next-patches.tsx';
import { EndpointVulnerabilities } from './endpoint-vulnerabilities.tsx';
import { PatchFindings } from './patch-findings.tsx';

interface FindingsTabProps {
  readonly endpoint: EndpointSummary;
  /** The day for which it is shown; undefined: now. */
  readonly asOf: string | undefined;
  readonly onAsOf: (day: string | undefined) => void;
}

/** What an endpoint is vulnerable to, now or on a day in the past, what removes most of it, and which updates are missing. */
export function FindingsTab({ endpoint, asOf, onAsOf }: FindingsTabProps) {
  return (
    <Stack gap="lg">
      <EndpointVulnerabilities endpoint={endpoint} asOf={asOf} onAsOf={onAsOf} />
      {asOf === undefined ? (
        <>
          <EndpointNextPatches endpoint={endpoint} />
          <section aria-label="Missing security updates">
            <Title order={2} fz="0.95rem" mb="xs">
              Missing security updates
            </Title>
            <PatchFindings endpoint={endpoint} />
          </section>
        </>
      ) : null}
    </Stack>
  );
}
