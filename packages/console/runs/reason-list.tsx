import { plural } from '../format/quantity.ts';
import { reasonGroups } from './reason-groups.ts';

/** So many names are read at a glance; more unfold. */
const NAMES_SHOWN = 4;

/** What is affected and why, with equal reasons said once. */
export function ReasonList({ items }: { items: readonly { readonly name: string; readonly why: string }[] }) {
  return (
    <ul>
      {reasonGroups(items).map(({ why, names }) =>
        names.length <= NAMES_SHOWN ? (
          <li key={why}>
            {names.join(', ')}: {why}
          </li>
        ) : (
          <li key={why}>
            <details>
              <summary>
                {plural(names.length, 'package')}: {why}
              </summary>
              {names.join(', ')}
            </details>
          </li>
        ),
      )}
    </ul>
  );
}
