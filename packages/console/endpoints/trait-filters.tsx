import { Pill, TagsInput } from '@mantine/core';
import { oddLabel } from './labels.ts';

export interface Traits {
  readonly label?: string[] | undefined;
  readonly group?: string | undefined;
  readonly site?: string | undefined;
}

/** Narrows the list to labels, each of which must hold, and shows from where one came by a group or site. */
export function TraitFilters({ traits, onChange }: { traits: Traits; onChange: (next: Traits) => void }) {
  return (
    <>
      <TagsInput
        aria-label="Labels"
        placeholder={(traits.label ?? []).length === 0 ? 'Label, such as role=web' : ''}
        value={traits.label ?? []}
        acceptValueOnBlur
        onChange={(next) => {
          if (oddLabel(next) === undefined) onChange({ label: next.length === 0 ? undefined : next });
        }}
        style={{ flex: '0 1 14rem' }}
      />
      {(['group', 'site'] as const).map((trait) =>
        traits[trait] === undefined ? null : (
          <Pill
            key={trait}
            size="md"
            withRemoveButton
            removeButtonProps={{ 'aria-label': `Remove the filter by ${trait}` }}
            onRemove={() => onChange({ [trait]: undefined })}
          >
            {trait} {traits[trait]}
          </Pill>
        ),
      )}
    </>
  );
}
