/** Another replica, or an import, writes this feed now. */
export class AdvisoriesLocked extends Error {
  readonly code = 'advisories-locked';
  constructor(feed: string) {
    super(`${feed} is being written already; try again when that has ended`);
    this.name = 'AdvisoriesLocked';
  }
}
