import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { registerBlockRoutes } from './blocks/routes.ts';
import { watchBlocks } from './blocks/watch-blocks.ts';
import { registerCollectRoute } from './collect/routes.ts';
import { startCollections } from './collect/schedule.ts';
import { registerRelayRoutes } from './relays/routes.ts';
import { registerSavingsRoutes } from './savings/routes.ts';
import { startUsageCounter } from './savings/usage-counter.ts';
import { registerAgentContent } from './serving/agent-content.ts';
import { registerServing } from './serving/mount.ts';
import { registerStatusRoutes } from './status/routes.ts';

/** What becomes of frozen content: serving it, recalls, relays, what was saved, and collecting what nothing needs. */
export async function registerDelivery(app: App, context: ServerContext): Promise<void> {
  const blocks = await watchBlocks(context);
  const usage = startUsageCounter(context);
  const collections = startCollections(context);
  app.addHook('onClose', async () => {
    await collections.close();
    await usage.close();
    blocks.close();
  });
  await registerServing(app, context, { blocks, usage });
  await registerAgentContent(app, context);
  registerBlockRoutes(app, context, blocks);
  registerRelayRoutes(app, context);
  registerSavingsRoutes(app, context);
  registerCollectRoute(app, collections);
  registerStatusRoutes(app, context);
}
