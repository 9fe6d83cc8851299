import type { JsonObject } from '../lib/json.ts';
import type { Client } from './client.ts';
import { presentMembers } from './members.ts';

/** The client as everybody may see it: no secret, no hash. */
export const presentClient = (client: Client): JsonObject => present(client, false);

/** In the answer to the request that wrote it, lists that were left out are null. */
export const presentWritten = (client: Client): JsonObject => present(client, true);

const present = (client: Client, asSent: boolean): JsonObject => ({
  client_id: client.client_id,
  ...presentMembers(client, asSent),
  created_at: client.created_at,
  updated_at: client.updated_at,
});
