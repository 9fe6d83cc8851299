import type { Json, JsonObject } from '../lib/json.ts';
import type { Client } from './client.ts';
import { presentMembers } from './members.ts';

/** The client as everybody may see it: no secret, no hash. */
export const presentClient = (client: Client): JsonObject => present(client, false);

/** In the answer to the request that wrote it, lists that were left out are null. */
export const presentWritten = (client: Client): JsonObject => present(client, true);

/** RFC 7591 section 3.2.1, for strict clients: what is not set is not there. Hydra: `metadata` is the administrator's. */
export const presentRegistered = (client: Client): JsonObject =>
  Object.fromEntries(
    Object.entries(present(client, false)).filter(([name, value]) => name !== 'metadata' && !isUnset(value)),
  );

const isUnset = (value: Json): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

const present = (client: Client, asSent: boolean): JsonObject => ({
  client_id: client.client_id,
  ...presentMembers(client, asSent),
  created_at: client.created_at,
  updated_at: client.updated_at,
});
