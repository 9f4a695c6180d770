import { isZone } from '@thimble/rollouts';
import { HttpProblem } from '../../http/index.ts';

/** Nothing or an empty text states none. @throws HttpProblem 422 `unknown-time-zone` */
export function checkTimeZone(zone: string | undefined): void {
  if (zone === undefined || zone === '' || isZone(zone)) return;
  throw new HttpProblem(422, 'unknown-time-zone', {
    detail: `${JSON.stringify(zone)} is no time zone that this server knows.`,
    hint: 'Write a name of the IANA database, such as Europe/Berlin.',
  });
}
