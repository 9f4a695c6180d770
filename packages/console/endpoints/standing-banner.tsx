import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { EndpointSummary } from '@thimble/protocol';
import { useState } from 'react';
import { releaseEndpoint } from '../api/enrolment-actions.ts';
import { Banner } from '../feedback/banner.tsx';
import { ReasonDialog } from './reason-dialog.tsx';

/** Why an endpoint gets neither orders nor content, and what ends that. */
export function StandingBanner({ endpoint }: { endpoint: EndpointSummary }) {
  const [releasing, setReleasing] = useState(false);
  switch (endpoint.standing) {
    case undefined:
      return null;
    case 'waiting':
      return (
        <Banner kind="unknown">
          It waits until somebody lets it in, and gets no orders until then: see <Link to="/enrolment">Enrolment</Link>.
        </Banner>
      );
    case 'quarantined':
      return (
        <Banner kind="unknown">
          <Group justify="space-between" gap="xs">
            <span>It gets neither orders nor content until somebody releases it.</span>
            <Button variant="default" size="compact-sm" onClick={() => setReleasing(true)}>
              Release …
            </Button>
          </Group>
          {releasing ? (
            <ReasonDialog
              endpoint={endpoint}
              title={`Release ${endpoint.hostname}?`}
              action="Release"
              note="Orders reach it again at once. Where two machines have its key, separate them instead, below."
              run={releaseEndpoint}
              onClose={() => setReleasing(false)}
            />
          ) : null}
        </Banner>
      );
    default:
      return endpoint.standing satisfies never;
  }
}
