import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthorizationServer } from '../authorization_server.ts';
import { answerWith, type PublicDocument, publicDocument } from '../http/public_document.ts';
import type { Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import type { RouteSchema } from '../http/route.ts';
import { JSON_WEB_KEY_SET } from '../keys/json_web_key.ts';
import type { PublishedKey } from '../keys/signing_keys.ts';

/** Milliseconds that a database may take which has nothing new to tell. */
const PATIENCE = 500;

/**
 * RFC 7517 section 5: every key that signed what may still be in use. Whoever asks may have met a key that another server
 * made just now. While the database does not answer, what we know is good enough.
 */
export async function discoverJsonWebKeys(server: AuthorizationServer, request: Request): Promise<Reply> {
  const { signing } = server.keys;
  if (!signing.isCurrent) {
    const looked = signing.reload().catch((error) => server.log.warn({ err: error }, 'signing keys could not be read'));
    await Promise.race([looked, sleep(PATIENCE, undefined, { ref: false })]);
  }
  return answerWith(documentOf(signing.published()), request);
}

/** By the keys that are in them. */
const documents = new WeakMap<readonly PublishedKey[], PublicDocument>();

function documentOf(keys: readonly PublishedKey[]): PublicDocument {
  const document = documents.get(keys) ?? publicDocument({ keys: keys.map(({ jwk }) => jwk) });
  documents.set(keys, document);
  return document;
}

export const schemas = {
  discoverJsonWebKeys: {
    summary: 'Show the public keys that verify what is issued.',
    responses: { 200: JSON_WEB_KEY_SET, 304: null },
  },
} satisfies Record<string, RouteSchema>;
