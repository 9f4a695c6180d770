import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { PolicyEffect } from '@thimble/protocol';
import { Fragment } from 'react';
import { plural } from '../../format/quantity.ts';
import classes from '../policies.module.css';

const NAMES_SHOWN = 4;

/** The rings in their order, and whom each takes. */
export function RingsPreview({ effect }: { effect: PolicyEffect }) {
  return (
    <ol className={classes['ringList']}>
      {effect.rings.map(({ name, endpointCount, first }, index) => {
        const shown = first.slice(0, NAMES_SHOWN);
        const more = endpointCount - shown.length;
        return (
          <li key={name} data-empty={endpointCount === 0}>
            <span className={classes['ringNumber']} aria-hidden>
              {index + 1}
            </span>
            <span>
              <strong>{name}</strong> {plural(endpointCount, 'endpoint')}
              <span className={classes['members']}>
                {shown.map(({ id, hostname }, at) => (
                  <Fragment key={id}>
                    {at === 0 ? '' : ', '}
                    <Anchor component={Link} to={`/endpoints/${id}`} c="inherit" fz="inherit">
                      {hostname}
                    </Anchor>
                  </Fragment>
                ))}
                {more > 0 && shown.length > 0 ? ` and ${more} more` : ''}
              </span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
