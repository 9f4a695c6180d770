import type { Session } from '@thimble/protocol';
import type { CSSProperties } from 'react';
import { addressIn } from '../api/organisation-here.ts';
import { hueOf } from './hue.ts';
import classes from './acting-in.module.css';

/** In whose fleet one acts, while that is not one's own. */
export function OrganisationBand({ session: { organisation, home } }: { session: Session }) {
  if (organisation.id === home.id) return null;
  return (
    <div
      className={`${classes['coloured']} ${classes['band']}`}
      role="region"
      aria-label="Organisation"
      style={colourOf(organisation.id)}
    >
      <span>
        You act in <b>{organisation.name}</b>
      </span>
      <a href={addressIn(undefined, '/')}>Back to {home.name}</a>
    </div>
  );
}

/** The same where there is room for a name only. */
export function OrganisationName({ session: { organisation, home } }: { session: Session }) {
  if (organisation.id === home.id) return null;
  return (
    <span
      className={`${classes['coloured']} ${classes['header']} truncate`}
      style={colourOf(organisation.id)}
      title={organisation.name}
    >
      {organisation.name}
    </span>
  );
}

/** For the class `coloured`. */
export function colourOf(organisationId: string): CSSProperties {
  return { '--organisation-hue': hueOf(organisationId) } as CSSProperties;
}
