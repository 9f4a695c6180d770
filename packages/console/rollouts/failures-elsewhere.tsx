import { List, Text } from '@mantine/core';
import type { RolloutDetail } from '@thimble/protocol';
import { Banner } from '../feedback/banner.tsx';
import { plural } from '../format/quantity.ts';

/** As many are named; a rollout of a whole distribution may take hundreds. */
const NAMED = 10;

/** Which of its patches failed at other organisations, and, where it stopped for that, what to do. Nothing of one that was told of none. */
export function FailuresElsewhere({ rollout: { failedElsewhere, summary } }: { rollout: RolloutDetail }) {
  const { holds, patches } = failedElsewhere;
  if (patches.length === 0) return null;
  return (
    <Banner kind={holds ? 'unknown' : 'notice'}>
      <Text size="sm" fw={600}>
        {holds
          ? 'It waits, because patches of it failed at other organisations'
          : 'Patches of it failed at other organisations'}
      </Text>
      <List size="sm" my={4}>
        {patches.slice(0, NAMED).map(({ name, version, organisationCount, platforms, day }) => (
          <List.Item key={`${name} ${version}`}>
            {name} {version}: {organisationCount === null ? 'elsewhere' : `at ${organisationCount} other organisations`}
            , on {platforms.join(', ')}, last on {day}
          </List.Item>
        ))}
      </List>
      {patches.length > NAMED ? <Text size="sm">And {plural(patches.length - NAMED, 'more', 'more')}.</Text> : null}
      <Text size="sm">
        {holds
          ? 'Nothing new begins. Resume lets it go on and take them, and these versions stop no rollout here again. Or cancel it, and leave them out in the policy.'
          : summary.endedAt === null
            ? 'It takes them all the same. Halt it if you want to look first.'
            : 'It took them all the same.'}
      </Text>
    </Banner>
  );
}
