import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { endpointPolicyQuery } from '../api/policy-queries.ts';
import { Loaded } from '../feedback/loaded.tsx';

/** Which policy it follows and why, and why not another one. That it follows none is a step, which is told there. */
export function FollowedPolicy({ endpointId }: { endpointId: string }) {
  const query = useQuery(endpointPolicyQuery(endpointId));
  return (
    <Loaded query={query} skeleton={null}>
      {({ policy, because, others }) => (
        <>
          {policy === null ? null : (
            <Text component="div" size="sm" mt="xs">
              <Anchor component={Link} to={`/policies/${policy.id}`} size="sm" underline="always">
                {policy.name}
              </Anchor>
              {policy.ring === null ? '' : `, ring ${policy.ring}`}: {because}
            </Text>
          )}
          {others.map(({ id, name, why }) => (
            <Text key={id} size="sm" c="dimmed">
              Not{' '}
              <Anchor component={Link} to={`/policies/${id}`} size="sm" c="inherit" underline="always">
                {name}
              </Anchor>
              : {why}
            </Text>
          ))}
        </>
      )}
    </Loaded>
  );
}
