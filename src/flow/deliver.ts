import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { send } from '../http/outgoing.ts';
import {
  claimNotification,
  deleteNotification,
  type LogoutNotificationRow,
  listDueNotifications,
} from '../store/logout_notifications.ts';
import { write } from '../store/write.ts';
import { openLogoutToken } from './back_channel.ts';

/** Milliseconds between looks for what another process left behind. */
const INTERVAL = 10_000;
const PARALLEL = 8;
/** Milliseconds that a receiver may take. */
const PATIENCE = 10_000;
/** Bytes that a receiver may say. */
const LIMIT = 64 * 1024;
/** Seconds to wait after the first failure, and after each of the next ones. */
const PAUSES = [2, 10, 60, 300];

/** The deliveries of one server: one round at a time, and an end to all of them. */
class Delivery {
  readonly #server: AuthorizationServer;
  readonly #end = new AbortController();
  #round: Promise<void> = Promise.resolve();

  constructor(server: AuthorizationServer) {
    this.#server = server;
  }

  soon(): void {
    this.#round = this.#round
      .then(() => this.#deliverDue())
      .catch((error) => this.#server.log.error({ err: error }, 'back-channel logout could not be delivered'));
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#round;
  }

  async #deliverDue(): Promise<void> {
    if (this.#end.signal.aborted) return;
    const due = await listDueNotifications(this.#server.db.queries, seconds(this.#server), PARALLEL);
    await Promise.all(due.map((row) => deliver(this.#server, row, this.#end.signal)));
    if (due.length === PARALLEL) await this.#deliverDue();
  }
}

const deliveries = new WeakMap<AuthorizationServer, Delivery>();

/** Sends what is queued, out of anybody's way, until it is stopped. What a stop leaves, the next start finds. */
export function startDelivery(server: AuthorizationServer): () => Promise<void> {
  const delivery = new Delivery(server);
  deliveries.set(server, delivery);
  const timer = setInterval(() => delivery.soon(), INTERVAL);
  return () => {
    clearInterval(timer);
    return delivery.stop();
  };
}

/** Looks at the queue at once, because something was put there. */
export const deliverSoon = (server: AuthorizationServer): void => deliveries.get(server)?.soon();

/** OpenID Connect Back-Channel Logout section 2.5. */
async function deliver(server: AuthorizationServer, row: LogoutNotificationRow, end: AbortSignal): Promise<void> {
  const pause = PAUSES[row.attempts];
  const due_at = seconds(server) + Math.max(pause ?? 0, PATIENCE / 1000 + 1);
  if (!(await write(server, (tx) => claimNotification(tx, row, due_at)))) return;
  const problem = await post(server, row.uri, openLogoutToken(server, row), end);
  // Whoever runs next sends what a stop cut off.
  if (end.aborted) return;
  const isOver = problem === undefined || pause === undefined || row.expires_at <= seconds(server);
  if (isOver) await write(server, (tx) => deleteNotification(tx, row.id));
  if (problem !== undefined) {
    const details = { client_id: row.client_id, attempt: row.attempts + 1, problem };
    server.log.warn(details, isOver ? 'back-channel logout was given up' : 'back-channel logout failed');
  }
}

/** Undefined when the receiver has it, else what went wrong. */
async function post(
  server: AuthorizationServer,
  uri: string,
  logout_token: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { status } = await send(server.config.clients.http, uri, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token }).toString(),
      limit: LIMIT,
      patience: PATIENCE,
      signal,
    });
    return status === 200 || status === 204 ? undefined : `status ${status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
