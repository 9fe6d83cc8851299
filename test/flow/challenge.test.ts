import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { openState, sealState } from '../../src/flow/challenge.ts';
import type { LoginRequest } from '../../src/flow/flow.ts';
import { startDeployment } from '../e2e/deployment.ts';

describe('the state of a flow in a URL', () => {
  it('comes back whole, however long it is, and is as short as a handle where it would be too long', async (t) => {
    const { running } = await startDeployment({ test: t, storage: 'memory' });
    const { server } = running;
    for (const length of [0, 700, 800, 1000, 3000, 64_000]) {
      const flow: LoginRequest = {
        flow_id: 'f',
        query: `client_id=app&state=${'ü'.repeat(length / 10)}${'x'.repeat(length - length / 10)}`,
        requested_at: Math.floor(server.now() / 1000),
        csrf: 'c',
        sid: 's',
      };
      const text = await sealState(server, 'login_challenge', flow);
      assert.ok(text.length <= 1500, String(text.length));
      assert.match(text, /^[\w-]+$/);
      assert.deepEqual(await openState(server, 'login_challenge', text), flow);
      assert.equal(await openState(server, 'consent_challenge', text), undefined, 'RFC 9700 4.7: for one purpose');
    }
    const noise = randomBytes(3000).toString('base64');
    const state = { flow_id: 'f', query: noise, requested_at: Math.floor(server.now() / 1000), csrf: 'c', sid: 's' };
    const handle = await sealState(server, 'login_challenge', state);
    assert.deepEqual([handle.length, await openState(server, 'login_challenge', handle)], [43, state]);
  });
});
