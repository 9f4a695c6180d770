import { describeStore } from '@thimble/feeds/testing';
import { createTestDatabase } from '../storage/testing.ts';
import { createAdvisoryStore } from './index.ts';

describeStore('advisories in PostgreSQL', async () => {
  const database = await createTestDatabase();
  // Here a record is known from the moment at which it is committed, so the clock shows the day of each synchronisation.
  let now = new Date(0);
  const store = createAdvisoryStore(database, () => now);
  return {
    store: {
      ...store,
      write: async (feed, mode) => {
        const writer = await store.write(feed, mode);
        return {
          ...writer,
          commit: async (result) => {
            now = result.syncedAt ?? now;
            await writer.commit(result);
          },
        };
      },
    },
    reader: store,
    close: database.drop,
  };
});
