import { Client, type ClientConfig } from 'pg';

/** A session of one's own, which ends with the work, and with it a transaction that was not committed. */
export async function withSession<Result>(
  connection: ClientConfig,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client(connection);
  // One that breaks fails the statement there; its own event must not end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
