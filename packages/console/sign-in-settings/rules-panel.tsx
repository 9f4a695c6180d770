import { Stack, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { keys } from '../api/keys.ts';
import { setSignInRules } from '../api/people-actions.ts';
import { signInRulesQuery } from '../api/people-queries.ts';
import { sessionQuery } from '../api/queries.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Panel } from '../shell/panel.tsx';

export function RulesPanel() {
  const rules = useQuery(signInRulesQuery);
  const mayChange = useQuery(sessionQuery).data?.permissions.includes('organisation:write') ?? false;
  const save = useAction({
    run: setSignInRules,
    refresh: [keys.signInRules, keys.me],
    done: () => toastDone('The rule holds for the next sign-ins'),
  });
  return (
    <Panel title="Rules" note="They hold from the next sign-in on; who is signed in stays so">
      <Loaded query={rules} skeleton={<LinesSkeleton lines={2} />}>
        {(now) => (
          <Stack gap="md">
            <Switch
              label="Demand a second factor"
              description="A password alone is not enough: it needs a code of an authenticator app. A passkey is two factors by itself."
              checked={now.secondFactorRequired}
              disabled={!mayChange || save.isPending}
              onChange={(event) => save.mutate({ ...now, secondFactorRequired: event.currentTarget.checked })}
            />
            <Switch
              label="Single sign-on only"
              description="People come in by an identity provider and in no other way. On the server itself a one-time link still works, should the provider fail."
              checked={now.singleSignOnOnly}
              disabled={!mayChange || save.isPending}
              onChange={(event) => save.mutate({ ...now, singleSignOnOnly: event.currentTarget.checked })}
            />
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}
