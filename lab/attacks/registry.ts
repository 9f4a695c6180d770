import type { AttackFamily } from './attack.ts';
import { endpoints } from './families/endpoints.ts';
import { evidence } from './families/evidence.ts';
import { orders } from './families/orders.ts';
import { sessions } from './families/sessions.ts';
import { tokens } from './families/tokens.ts';
import { transport } from './families/transport.ts';
import { updates } from './families/updates.ts';

/** By what is attacked. */
export const FAMILIES: readonly AttackFamily[] = [sessions, tokens, endpoints, orders, transport, evidence, updates];
