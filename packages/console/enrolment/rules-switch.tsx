import { Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { setEnrolmentRules } from '../api/enrolment-actions.ts';
import { enrolmentRulesQuery } from '../api/enrolment-queries.ts';
import { keys } from '../api/keys.ts';
import { useAction } from '../feedback/use-action.ts';

/** Whether everything that enrols waits, whatever its token says. */
export function RulesSwitch() {
  const query = useQuery(enrolmentRulesQuery);
  const change = useAction({ run: setEnrolmentRules, refresh: [keys.enrolmentRules] });
  return (
    <Switch
      label="Everybody waits"
      checked={query.data?.approveEnrolments ?? false}
      disabled={query.data === undefined || change.isPending}
      onChange={(event) => change.mutate({ approveEnrolments: event.currentTarget.checked })}
    />
  );
}
