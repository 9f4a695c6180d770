/**
 * No new version could be had. `unreachable` no whole answer, or none in time · `refused` what came is not what the
 * repository's keys vouch for · `unusable` it is vouched for, and can't be run here · `no-space` the disk is too full.
 */
export class UpdateFailure extends Error {
  readonly code: 'unreachable' | 'refused' | 'unusable' | 'no-space';
  constructor(code: UpdateFailure['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
