const HUES = 12;

/** A colour of its own for each organisation, in degrees, so that windows of two are told apart at a glance. */
export function hueOf(organisationId: string): number {
  return (Number.parseInt(organisationId.slice(-4), 16) % HUES) * (360 / HUES);
}
