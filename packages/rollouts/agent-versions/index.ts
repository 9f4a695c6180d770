export { type AgentMember, type AgentRules, type AgentVersionFacts } from './facts.ts';
export { AGENT_WAVES, isReached, type AgentReach } from './reach.ts';
export { type AgentCounts, type AgentVersionStep, stepAgentVersion } from './step.ts';
