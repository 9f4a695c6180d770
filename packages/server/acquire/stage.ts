import type { Stage } from '../context.ts';
import { usePlainJson } from '../http/plain-json.ts';
import { registerChannelRoutes } from './channels/routes.ts';
import { closeContent } from './content.ts';
import { registerDelivery } from './delivery.ts';
import { registerRepositoryRoutes } from './repositories/routes.ts';
import { startContentScheduler } from './revisions/scheduler.ts';
import { registerSnapshotRoutes } from './snapshots/routes.ts';
import { startSnapshotSchedule } from './snapshots/schedule.ts';
import { registerTransferRoutes } from './transfer/routes.ts';

/** Every patch once: repositories, what of them is frozen, and what endpoints get of it. */
export const acquire: Stage = {
  name: 'acquire',
  register: async (app, context) => {
    usePlainJson(app);
    registerRepositoryRoutes(app, context);
    registerSnapshotRoutes(app, context);
    registerChannelRoutes(app, context);
    registerTransferRoutes(app, context);
    await registerDelivery(app, context);
    const stopScheduler = startContentScheduler(context);
    const stopSchedule = startSnapshotSchedule(context);
    app.addHook('onClose', async () => {
      await stopSchedule();
      await stopScheduler();
      await closeContent(context);
    });
  },
};
