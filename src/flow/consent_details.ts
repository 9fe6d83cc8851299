import type { AuthorizationServer } from '../authorization_server.ts';
import type { Sealing } from '../keys/keys.ts';
import type { Json, JsonObject } from '../lib/json.ts';

/** What a completed consent remembers beside its columns. */
export type ConsentDetails = {
  /** Of the first visit. */
  readonly query: string;
  readonly merged?: string;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly context: Json;
  readonly session: { readonly access_token: JsonObject; readonly id_token: JsonObject };
};

export const PURPOSE = 'consent';

export const sealDetails = (server: Sealing, details: ConsentDetails): Buffer =>
  server.keys.rows.sealJson(details, PURPOSE);

export const openDetails = (server: AuthorizationServer, sealed: Uint8Array): ConsentDetails =>
  server.keys.rows.openJson<ConsentDetails>(sealed, PURPOSE);
