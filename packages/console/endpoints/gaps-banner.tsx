import type { Gap } from '@thimble/protocol';
import { Banner } from '../feedback/banner.tsx';
import { plural } from '../format/quantity.ts';

const SHOWN = 3;

/** What could not be assessed here: seen before anything else, and never green. */
export function GapsBanner({ gaps }: { gaps: readonly Gap[] }) {
  if (gaps.length === 0) return null;
  const rest = gaps.slice(SHOWN);
  return (
    <Banner kind="unknown">
      <strong>{plural(gaps.length, 'gap')}: not everything here could be assessed.</strong> What follows is unknown, not
      safe.
      <ul style={{ margin: '0.25rem 0 0', paddingInlineStart: '1.1rem' }}>
        {gaps.slice(0, SHOWN).map((gap) => (
          <GapItem key={`${gap.what} ${gap.why}`} gap={gap} />
        ))}
      </ul>
      {rest.length === 0 ? null : (
        <details>
          <summary style={{ cursor: 'pointer' }}>and {plural(rest.length, 'more', 'more')}</summary>
          <ul style={{ margin: 0, paddingInlineStart: '1.1rem' }}>
            {rest.map((gap) => (
              <GapItem key={`${gap.what} ${gap.why}`} gap={gap} />
            ))}
          </ul>
        </details>
      )}
    </Banner>
  );
}

function GapItem({ gap }: { gap: Gap }) {
  return (
    <li>
      {gap.what}: {gap.why}
    </li>
  );
}
