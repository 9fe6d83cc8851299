import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/store/db.ts';
import { tablesOf } from './crowd.ts';
import type { Deployment, Tokens } from './flow.ts';

/** What a client was given, and what it knows of it. */
type Received = {
  readonly code: string;
  tokens: Tokens | undefined;
  /** False while a request is on its way: nobody can say then which of the tokens works. */
  isSettled: boolean;
  /** Refresh tokens that were traded for others. */
  readonly rotated: string[];
};

/** Clients that log in, redeem and refresh until they are stopped, whatever happens to the servers, and keep a record. */
export class Load {
  readonly #deployment: Deployment;
  readonly #received: Received[] = [];
  readonly #clients: Promise<void>[];
  readonly #period: number;
  #isOver = false;
  /** Whole flows, whose every answer came. */
  flows = 0;
  /** What was answered, but not as it should be. */
  readonly refusals: string[] = [];
  /** What was not answered at all. */
  readonly broken: string[] = [];

  /** A client begins a flow every `period` milliseconds, or when the last one has ended. */
  constructor(deployment: Deployment, clients = 8, period = 0) {
    this.#deployment = deployment;
    this.#period = period;
    this.#clients = Array.from({ length: clients }, () => this.#work());
  }

  async #work(): Promise<void> {
    while (!this.#isOver) {
      const began = performance.now();
      try {
        await this.#flow();
        this.flows++;
        await sleep(Math.max(0, this.#period - (performance.now() - began)));
      } catch (error) {
        if (error instanceof assert.AssertionError) this.refusals.push(error.message);
        // What fetch throws when a connection breaks.
        else if (error instanceof TypeError) this.broken.push(`${error.message}: ${error.cause}`);
        else throw error;
        await sleep(20);
      }
    }
  }

  async #flow(): Promise<void> {
    const code = await this.#deployment.code();
    const entry: Received = { code, tokens: undefined, isSettled: false, rotated: [] };
    this.#received.push(entry);
    entry.tokens = tokensOf(await this.#deployment.exchange(code));
    entry.isSettled = true;
    if (Math.random() < 0.5) return;
    entry.isSettled = false;
    const { refresh_token } = entry.tokens;
    entry.tokens = tokensOf(await this.#deployment.refresh(refresh_token));
    entry.rotated.push(refresh_token);
    entry.isSettled = true;
  }

  /** Resolves when the first flow has ended. */
  async underWay(): Promise<void> {
    while (this.flows === 0 && !this.#isOver) await sleep(5);
  }

  /** Milliseconds until as many flows have ended as there are clients: one of them at least began now. */
  async recovery(): Promise<number> {
    const start = performance.now();
    const enough = this.flows + this.#clients.length;
    while (this.flows < enough && performance.now() - start < 60_000) await sleep(5);
    return performance.now() - start;
  }

  async stop(): Promise<readonly Received[]> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    return this.#received;
  }
}

function tokensOf({ status, body }: { status: number; body: unknown }): Tokens {
  assert.equal(status, 200, JSON.stringify(body));
  return body as Tokens;
}

/** A code that waits, or all of what it was traded for. */
export const WHOLE =
  /^(authorization_code|access_token, refresh_token, used authorization_code(, used refresh_token)?)$/;

/** Whatever was answered is kept, whatever is single-use stays so. Leaves the tables of tokens empty. */
export async function checkNothingLost(
  { deployment, db }: { readonly deployment: Deployment; readonly db: Database },
  received: readonly Received[],
): Promise<void> {
  const { chains, clear } = tablesOf(db);
  assert.deepEqual(
    (await chains()).filter((chain) => !WHOLE.test(chain)),
    [],
    'a chain is partial',
  );
  const queue = [...received];
  const check = async () => {
    for (let entry = queue.pop(); entry; entry = queue.pop()) await checkEntry(deployment, entry);
  };
  await Promise.all(Array.from({ length: 8 }, check));
  await clear('tokens', 'consents');
}

async function checkEntry(deployment: Deployment, { code, tokens, isSettled, rotated }: Received): Promise<void> {
  if (tokens && isSettled) {
    assert.equal(await deployment.isActive(tokens.access_token), true, 'an access token was lost');
    assert.equal(await deployment.isActive(tokens.refresh_token), true, 'a refresh token was lost');
  }
  for (const token of rotated) {
    assert.equal((await deployment.refresh(token)).body.error, 'invalid_grant', 'a refresh token was redeemed twice');
  }
  const [again, oncemore] = [await deployment.exchange(code), await deployment.exchange(code)];
  if (tokens) assert.equal(again.body.error, 'invalid_grant', 'a code was redeemed twice');
  assert.equal(oncemore.body.error, 'invalid_grant', 'a code was redeemed twice');
}
