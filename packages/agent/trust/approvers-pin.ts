import { AgentError } from '../agent-error.ts';

/** SHA-256 in hexadecimal, with or without the spaces and colons that people put between. @throws AgentError `bad-approvers` */
export function parseApproversPin(text: string): string {
  const digits = text.replaceAll(/[\s:]/g, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return digits;
  throw new AgentError('bad-approvers', 'input', `a set of approvers is named by its SHA-256, 64 hexadecimal digits`);
}
