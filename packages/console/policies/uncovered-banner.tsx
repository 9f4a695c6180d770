import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { PolicyList } from '@thimble/protocol';
import { Fragment } from 'react';
import { Banner } from '../feedback/banner.tsx';
import { plural } from '../format/quantity.ts';

const NAMES_SHOWN = 5;

/** Nobody is silently left out: endpoints that no policy takes are named. */
export function UncoveredBanner({ uncovered }: { uncovered: PolicyList['uncovered'] }) {
  if (uncovered.total === 0) return null;
  const shown = uncovered.first.slice(0, NAMES_SHOWN);
  const more = uncovered.total - shown.length;
  return (
    <div style={{ marginBottom: '0.9rem' }}>
      <Banner kind="unknown">
        {plural(uncovered.total, 'endpoint follows', 'endpoints follow')} no policy, so nothing patches{' '}
        {uncovered.total === 1 ? 'it' : 'them'} by itself:{' '}
        {shown.map(({ id, hostname }, index) => (
          <Fragment key={id}>
            {index === 0 ? '' : ', '}
            <Anchor component={Link} to={`/endpoints/${id}`} size="sm" underline="always">
              {hostname}
            </Anchor>
          </Fragment>
        ))}
        {more > 0 ? ` and ${more} more` : ''}.
      </Banner>
    </div>
  );
}
