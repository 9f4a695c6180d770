import type { AgentUpdateStatus, AgentVersionDecision } from '@thimble/protocol';
import { queryOptions } from '@tanstack/react-query';
import { get, post } from './client.ts';
import { keys } from './keys.ts';

export const agentUpdatesQuery = queryOptions({
  queryKey: keys.agentUpdates,
  queryFn: ({ signal }) => get<AgentUpdateStatus>('/agent-updates', {}, signal),
});

export const decideAgentVersion = (decision: AgentVersionDecision): Promise<AgentUpdateStatus> =>
  post<AgentUpdateStatus>('/agent-updates/decide', decision);
