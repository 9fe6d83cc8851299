import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { send } from '../http/outgoing.ts';
import {
  claimNotification,
  deleteNotification,
  type LogoutNotificationRow,
  listDueNotifications,
  releaseNotification,
} from '../store/logout_notifications.ts';
import { write } from '../store/write.ts';
import { logoutToken } from './back_channel.ts';

/** Milliseconds between looks for what another process left behind. */
const INTERVAL = 10_000;
/** Attempts at the same time: in all, and at one client, so that one that hangs delays only itself. */
const PARALLEL = 16;
const PARALLEL_OF_CLIENT = 2;
/** Milliseconds that a receiver may take. */
const PATIENCE = 10_000;
/** Bytes that a receiver may say. */
const LIMIT = 64 * 1024;
/** Seconds from one attempt to the next. Each is longer than an attempt may take, so that two never overlap. */
const PAUSES = [15, 60, 300, 1800];

/** The deliveries of one server, and an end to all of them. */
class Delivery {
  readonly #server: AuthorizationServer;
  readonly #end = new AbortController();
  /** What is on its way, and to which client. */
  readonly #attempts = new Map<Promise<void>, string>();
  #search: Promise<void> | undefined;
  #isWanted = false;

  constructor(server: AuthorizationServer) {
    this.#server = server;
  }

  /** Looks at the queue now, and once more if somebody asks while it does. */
  soon(): void {
    this.#isWanted = true;
    this.#search ??= this.#startDue()
      .catch((error) => this.#complain(error))
      .finally(() => {
        this.#search = undefined;
      });
  }

  /** Sends what is due, but not for longer than `patience` milliseconds. */
  async stop(patience: number): Promise<void> {
    const timer = setTimeout(() => this.#end.abort(), patience);
    while (this.#search || this.#attempts.size > 0) await Promise.all([this.#search, ...this.#attempts.keys()]);
    clearTimeout(timer);
    this.#end.abort();
  }

  async #startDue(): Promise<void> {
    while (this.#isWanted && !this.#end.signal.aborted) {
      this.#isWanted = false;
      const free = PARALLEL - this.#attempts.size;
      // Each attempt that ends looks again.
      if (free === 0) return;
      const due = await listDueNotifications(this.#server.db.queries, seconds(this.#server), free, this.#busyClients());
      const rows = due.filter(({ client_id }, at) => {
        const earlier = due.slice(0, at).filter((other) => other.client_id === client_id).length;
        return this.#attemptsAt(client_id) + earlier < PARALLEL_OF_CLIENT;
      });
      const claims = await Promise.all(rows.map(async (row) => ({ row, isOurs: await claim(this.#server, row) })));
      for (const { row, isOurs } of claims) if (isOurs) this.#start(row);
      if (due.length === free) this.#isWanted = true;
    }
  }

  #start(row: LogoutNotificationRow): void {
    const attempt: Promise<void> = deliver(this.#server, row, this.#end.signal)
      .catch((error) => this.#complain(error))
      .finally(() => {
        this.#attempts.delete(attempt);
        this.soon();
      });
    this.#attempts.set(attempt, row.client_id);
  }

  #attemptsAt(client_id: string): number {
    return [...this.#attempts.values()].filter((other) => other === client_id).length;
  }

  #busyClients(): string[] {
    return [...new Set(this.#attempts.values())].filter((client) => this.#attemptsAt(client) >= PARALLEL_OF_CLIENT);
  }

  #complain(error: unknown): void {
    this.#server.log.error({ err: error }, 'back-channel logout could not be delivered');
  }
}

const deliveries = new WeakMap<AuthorizationServer, Delivery>();

/** Sends what is queued, out of anybody's way, until it is stopped. What a stop leaves, the next server finds. */
export function startDelivery(server: AuthorizationServer): (patience: number) => Promise<void> {
  const delivery = new Delivery(server);
  deliveries.set(server, delivery);
  delivery.soon();
  const timer = setInterval(() => delivery.soon(), INTERVAL);
  return (patience) => {
    clearInterval(timer);
    return delivery.stop(patience);
  };
}

/** Looks at the queue at once, because something was put there. */
export const deliverSoon = (server: AuthorizationServer): void => deliveries.get(server)?.soon();

/** Whether this attempt is ours. Whatever becomes of us, somebody makes the next one after the pause. */
function claim(server: AuthorizationServer, row: LogoutNotificationRow): Promise<boolean> {
  const pause = PAUSES[Math.min(row.attempts, PAUSES.length - 1)] ?? 0;
  return write(server, (tx) => claimNotification(tx, row, seconds(server) + pause));
}

/** OpenID Connect Back-Channel Logout section 2.5. */
async function deliver(server: AuthorizationServer, row: LogoutNotificationRow, end: AbortSignal): Promise<void> {
  const failure =
    row.expires_at <= seconds(server)
      ? { problem: 'it is too late', isFinal: true }
      : await post(server, row.uri, await logoutToken(server, row), end);
  // Whoever runs next sends at once what a stop cut off.
  if (failure && end.aborted) return write(server, (tx) => releaseNotification(tx, row, seconds(server)));
  const isOver = !failure || failure.isFinal || row.attempts >= PAUSES.length;
  if (isOver) await write(server, (tx) => deleteNotification(tx, row.id));
  if (failure) {
    const details = { client_id: row.client_id, attempt: row.attempts + 1, problem: failure.problem };
    server.log.warn(details, isOver ? 'back-channel logout was given up' : 'back-channel logout failed');
  }
}

type Failure = { readonly problem: string; readonly isFinal: boolean };

/** Undefined when the receiver has it. */
async function post(
  server: AuthorizationServer,
  uri: string,
  logout_token: string,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  try {
    const { status } = await send(server.config.clients.http, uri, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token }).toString(),
      limit: LIMIT,
      patience: PATIENCE,
      signal,
    });
    return status === 200 || status === 204 ? undefined : { problem: `status ${status}`, isFinal: isRefusal(status) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error), isFinal: false };
  }
}

/** OpenID Connect Back-Channel Logout section 2.8: the client did not want it, and will not want it later. */
const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429;
