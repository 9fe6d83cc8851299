import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compactVerify, createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet } from 'jose';
import { acquireLease, releaseLease } from '../../src/store/leases.ts';
import { keyStatus, rotateKeys } from '../../src/token/rotate_keys.ts';
import { SHARED_ENGINES } from '../store/engines.ts';
import { startDeployment } from './deployment.ts';
import type { Deployment } from './flow.ts';

const HOUR = 3600;
const INTERVAL = 20 * 24;
const LEAD_TIME = 24;

const CONFIG = {
  strategies: { access_token: 'jwt' },
  ttl: { authentication_session: '48h' },
  gatehouse: { keys: { lead_time: `${LEAD_TIME}h`, rotation: { interval: `${INTERVAL}h` } } },
};

const machine = { client_id: 'app', client_secret: 'app-secret', grant_type: 'client_credentials' };

const fetchKeys = async ({ publicOrigin }: Deployment) =>
  (await (await fetch(`${publicOrigin}/.well-known/jwks.json`)).json()) as JSONWebKeySet;

/** A relying party that fetches the keys as rarely as the lead time allows, and never because a key is missing. */
class RelyingParty {
  #keys: JSONWebKeySet = { keys: [] };
  #fetched_at = Number.NEGATIVE_INFINITY;

  async verify(deployment: Deployment, token: string, hour: number): Promise<void> {
    if (hour - this.#fetched_at >= LEAD_TIME) {
      this.#keys = await fetchKeys(deployment);
      this.#fetched_at = hour;
    }
    await compactVerify(token, createLocalJWKSet(this.#keys));
  }
}

const ID_TOKENS = 'hydra.openid.id-token';
const STEP = 12;

describe('the rotation of signing keys', () => {
  it('never shows a relying party a key that it does not know, and keeps every token valid for its life', async (t) => {
    const { deployment, running, advance } = await startDeployment({ test: t, storage: 'memory', config: CONFIG });
    await deployment.createClient({ client_credentials_grant_access_token_lifespan: '240h' });
    const party = new RelyingParty();
    const held: { readonly token: string; readonly until: number }[] = [];
    const states = new Map<string, string[]>();
    for (let hour = 0; hour < 3 * INTERVAL; hour += STEP) {
      await rotateKeys(running.server);
      for (const { kid, state } of await keyStatus(running.server, ID_TOKENS)) {
        const seen = states.get(kid) ?? [];
        if (seen.at(-1) !== state) states.set(kid, [...seen, state]);
      }
      const { id_token } = await deployment.login();
      const { body } = await deployment.token(machine);
      const token = String(body.access_token);
      for (const jwt of [token, id_token]) await party.verify(deployment, jwt, hour);
      assert.equal(states.get(String(decodeProtectedHeader(id_token).kid))?.at(-1), 'active');
      held.push({ token, until: hour + 240 });
      // Not all of them each time, but each of them in every state of its key.
      for (const { token, until } of held.filter((_, at) => (at + hour / STEP) % 5 === 0)) {
        assert.equal(await deployment.isActive(token), until > hour, `hour ${hour}`);
      }
      advance(STEP * HOUR);
    }
    const [first, ...later] = states.values();
    assert.deepEqual(first, ['active', 'retiring']);
    assert.deepEqual(later, [
      ['next', 'active', 'retiring'],
      ['next', 'active'],
    ]);
    assert.equal((await keyStatus(running.server, ID_TOKENS)).length, 1, 'those that nobody needs are deleted');
  });

  it('goes on with the algorithm that was chosen last', async (t) => {
    const { deployment, running, advance } = await startDeployment({ test: t, storage: 'memory', config: CONFIG });
    await deployment.admin('POST', `/admin/keys/${ID_TOKENS}`, { alg: 'ES256', kid: 'chosen' });
    advance(INTERVAL * HOUR);
    await rotateKeys(running.server);
    const [next, active] = await keyStatus(running.server, ID_TOKENS);
    assert.deepEqual([next?.state, next?.alg, active?.kid], ['next', 'ES256', 'chosen']);
  });

  it('is left to the server that is at it', async (t) => {
    const { running, advance } = await startDeployment({ test: t, storage: 'memory', config: CONFIG });
    const { server } = running;
    const statesAfterRotation = async () => {
      await rotateKeys(server);
      return (await keyStatus(server, ID_TOKENS)).map(({ state }) => state);
    };
    assert.deepEqual(await statesAfterRotation(), ['active'], 'nothing is due');
    const lease = { name: 'key rotation', holder: 'another server' };
    assert.ok(await acquireLease(server.db, lease, server.now(), server.now() + 2 * INTERVAL * HOUR * 1000));
    advance(INTERVAL * HOUR);
    assert.deepEqual(await statesAfterRotation(), ['active']);
    await releaseLease(server.db, lease);
    let states = await statesAfterRotation();
    // The server looks by itself too, and may be at it.
    for (let time = 0; time < 100 && states.length < 2; time++) states = await statesAfterRotation();
    assert.deepEqual(states, ['next', 'active']);
  });

  for (const engine of SHARED_ENGINES) {
    it(`adds one key, however many servers are there (${engine.name})`, async (t) => {
      const { dsn, drop } = await engine.create();
      const wanted = { storage: 'file', dsn, config: CONFIG } as const;
      const servers = [await startDeployment(wanted), await startDeployment(wanted), await startDeployment(wanted)];
      t.after(async () => {
        await Promise.all(servers.map(({ close }) => close()));
        await drop();
      });
      for (const { advance } of servers) advance(INTERVAL * HOUR);
      await Promise.all(servers.map(({ running }) => rotateKeys(running.server)));
      for (const { running } of servers) {
        const keys = await keyStatus(running.server, ID_TOKENS);
        assert.deepEqual(
          keys.map(({ state }) => state),
          ['next', 'active'],
        );
      }
    });
  }
});
