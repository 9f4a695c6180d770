import { FEEDS, type Feed } from '@thimble/advisories';
import type { Stage } from '../context.ts';
import { usePlainJson } from '../http/plain-json.ts';
import { registerFeedRoutes } from './routes.ts';
import { startFeedScheduler } from './scheduler.ts';

/** Advisories: got from their publishers, a mirror or a bundle. @param feeds all that there are. */
export function feedsStage(feeds: readonly Feed[]): Stage {
  return {
    name: 'feeds',
    register: async (app, context) => {
      usePlainJson(app);
      registerFeedRoutes(app, context, feeds);
      app.addHook('onClose', startFeedScheduler(context, feeds));
    },
  };
}

export const feeds = feedsStage(FEEDS);
