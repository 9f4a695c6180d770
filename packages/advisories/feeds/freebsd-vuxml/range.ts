import { isVersion } from '@thimble/versions';
import type { XmlElement } from '../../feed/xml.ts';
import type { Interval } from '../../model/index.ts';

/** `version[_revision][,epoch]` (Porter's Handbook, 5.2). */
const REVISION = /^([^_,]+)(?:_(\d{1,9}))?(,\d{1,9})?$/;

/**
 * A VuXML range (`lt`, `le`, `gt`, `ge`, `eq`) as an interval, exactly. A text: why it can't be.
 *
 * `gt` leaves its version out, which an interval can't say; but right after a version comes its next revision and nothing
 * in between, so `gt 1.2_1` is `ge 1.2_2`. `gt 0` and `ge 0` leave nothing out that a package could have.
 */
export function intervalOf(range: XmlElement): Interval | string {
  const bounds = new Map<string, string>();
  for (const { name, text } of range.children) {
    const version = text.trim();
    if (!['lt', 'le', 'gt', 'ge', 'eq'].includes(name)) return `a range has the bound ${name.slice(0, 32)}`;
    if (bounds.has(name)) return `a range has two bounds ${name}`;
    if (version.length > 256 || !isVersion('freebsd', version)) return `${version.slice(0, 64)} is no version`;
    bounds.set(name, version);
  }
  const exact = bounds.get('eq');
  if (bounds.size === 0) return 'a range has no bound';
  if (exact !== undefined)
    return bounds.size === 1
      ? { introduced: exact, fixed: null, lastAffected: exact }
      : 'a range has eq and another bound';
  if ((bounds.has('lt') && bounds.has('le')) || (bounds.has('gt') && bounds.has('ge')))
    return 'a range has two bounds of one side';
  const after = bounds.get('gt');
  const introduced = after === undefined ? (bounds.get('ge') ?? null) : nextRevision(after);
  if (introduced === undefined) return `${(after ?? '').slice(0, 64)} has no next revision`;
  return {
    introduced: introduced === '0' ? null : introduced,
    fixed: bounds.get('lt') ?? null,
    lastAffected: bounds.get('le') ?? null,
  };
}

function nextRevision(version: string): string | undefined {
  if (version === '0') return version;
  const [, upstream, revision = '0', epoch = ''] = REVISION.exec(version) ?? [];
  return upstream === undefined ? undefined : `${upstream}_${Number(revision) + 1}${epoch}`;
}
