import type { AttackFamily } from './attack.ts';
import { addresses } from './families/addresses.ts';
import { approvals } from './families/approvals.ts';
import { backups } from './families/backups.ts';
import { bundles } from './families/bundles.ts';
import { clones } from './families/clones.ts';
import { content } from './families/content.ts';
import { endpoints } from './families/endpoints.ts';
import { everyRoute } from './families/every-route.ts';
import { evidence } from './families/evidence.ts';
import { input } from './families/input.ts';
import { orders } from './families/orders.ts';
import { relays } from './families/relays.ts';
import { roles } from './families/roles.ts';
import { sessions } from './families/sessions.ts';
import { singleSignOn } from './families/single-sign-on.ts';
import { tenants } from './families/tenants.ts';
import { tokens } from './families/tokens.ts';
import { transport } from './families/transport.ts';
import { updates } from './families/updates.ts';

/** By what is attacked. */
export const FAMILIES: readonly AttackFamily[] = [
  sessions,
  tokens,
  singleSignOn,
  roles,
  tenants,
  everyRoute,
  input,
  addresses,
  bundles,
  content,
  relays,
  endpoints,
  clones,
  orders,
  approvals,
  transport,
  evidence,
  backups,
  updates,
];
