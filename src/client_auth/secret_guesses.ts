import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { Client } from '../client/client.ts';
import { verifySecret } from '../client/secret.ts';
import { clientAddress, isUnknownProxy } from '../http/client_address.ts';
import type { Request } from '../http/request.ts';
import { BoundedMap } from '../lib/bounded_map.ts';
import { onceFor } from '../lib/once_for.ts';
import { type Counter, countFailures, endOf, readCounters, throttleKey, tooMany } from '../throttle.ts';

/**
 * RFC 6749 section 2.3.1: whether the secret is the client's, for as long as it is not guessed. Wrong ones are counted
 * for the client and the address together, so that nobody elsewhere is locked out; all clients that do not exist count
 * as one. A right secret is never looked up: only who has reached the limit is known in memory, and then is refused
 * before anything is hashed. Throws `too_many_requests`.
 */
export async function verifyPresentedSecret(
  server: AuthorizationServer,
  request: Request,
  secret: string,
  client: Client | undefined,
): Promise<boolean> {
  checkRefused(server, request, client);
  const isRight = await verifySecret(server.config.oauth2.hashers, secret, client?.secret_hashes ?? []);
  // Of those who came at once, some have reached the limit meanwhile.
  checkRefused(server, request, client);
  if (!isRight) await countWrongSecret(server, request, client);
  return isRight;
}

/** Undefined where there is no limit, or no address to count by. */
function counterOf(server: AuthorizationServer, request: Request, client: Client | undefined): Counter | undefined {
  const { gatehouse } = server.config;
  const limit = gatehouse.throttle.client_secrets.attempts;
  if (limit === 0 || isUnknownProxy(request, gatehouse.trusted_proxies)) return undefined;
  const address = clientAddress(request, gatehouse.trusted_proxies);
  if (address === undefined) return undefined;
  const whose = client ? ['client', client.client_id] : ['no client'];
  return { key: throttleKey(server, 'client_secret', address, ...whose), limit };
}

/** Some 100 bytes each. The one that was refused first is forgotten first, and known again at its next wrong secret. */
const MOST = 10_000;

/** Who has reached the limit, and until when. Another server learns it from the database at the first wrong secret. */
const refusalsOf = onceFor((_server: AuthorizationServer) => new BoundedMap<string, number>(MOST));

/** Costs nothing while nobody has reached the limit. */
function checkRefused(server: AuthorizationServer, request: Request, client: Client | undefined): void {
  const refused = refusalsOf(server);
  if (refused.size === 0) return;
  const name = counterOf(server, request, client)?.key.toString('base64url') ?? '';
  const end = refused.get(name) ?? 0;
  if (end > seconds(server)) throw tooMany(server, 'client secrets', end);
  refused.delete(name);
}

async function countWrongSecret(
  server: AuthorizationServer,
  request: Request,
  client: Client | undefined,
): Promise<void> {
  const counter = counterOf(server, request, client);
  if (!counter) return;
  const { window } = server.config.gatehouse.throttle.client_secrets;
  const [{ failures, expires_at } = { failures: 0, expires_at: endOf(server, window) }] = await readCounters(server, [
    counter,
  ]);
  if (failures + 1 >= counter.limit) refuse(server, counter, expires_at);
  if (failures >= counter.limit) throw tooMany(server, 'client secrets', expires_at);
  await countFailures(server, [counter], window);
}

function refuse(server: AuthorizationServer, { key }: Counter, end: number): void {
  refusalsOf(server).set(key.toString('base64url'), end);
}
