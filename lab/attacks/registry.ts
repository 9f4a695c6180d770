import type { AttackFamily } from './attack.ts';
import { endpoints } from './families/endpoints.ts';
import { sessions } from './families/sessions.ts';
import { tokens } from './families/tokens.ts';

/** By what is attacked. */
export const FAMILIES: readonly AttackFamily[] = [sessions, tokens, endpoints];
