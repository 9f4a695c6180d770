import { AgentUpdateStatus, type AgentVersionDecision } from '@thimble/protocol';
import { call } from './call.ts';
import type { Transport } from './transport.ts';

/** New versions of the agent, and who has which. */
export function agentUpdateCalls(transport: Transport) {
  return {
    agentUpdates: () => call(transport, { method: 'GET', path: '/agent-updates', reply: AgentUpdateStatus }),
    decideAgentVersion: (body: AgentVersionDecision) =>
      call(transport, { method: 'POST', path: '/agent-updates/decide', body, reply: AgentUpdateStatus }),
  };
}
