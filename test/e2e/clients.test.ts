import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startDeployment } from './deployment.ts';
import type { Deployment } from './flow.ts';

let deployment: Deployment;
let close: () => Promise<void>;
before(async () => {
  ({ deployment, close } = await startDeployment({ storage: 'memory' }));
});
after(() => close());

const authenticates = async (client_secret: string, client_id = 'app') =>
  (await deployment.token({ client_id, client_secret, grant_type: 'client_credentials' })).status === 200;

describe('client secrets', () => {
  it('RFC 6749 2.3.1: six secrets work after eight rotations, and one after the others were ended', async () => {
    await deployment.createClient();
    const secrets = ['app-secret'];
    for (let rotation = 0; rotation < 8; rotation++) {
      const { status, body } = await deployment.admin('POST', '/admin/clients/app/secrets/rotate');
      assert.equal(status, 200);
      assert.match(String(body.client_secret), /^[\w.~-]{26}$/);
      secrets.push(String(body.client_secret));
    }
    const working: boolean[] = [];
    for (const secret of secrets) working.push(await authenticates(secret));
    assert.deepEqual(working, [false, false, false, true, true, true, true, true, true]);
    const ended = await deployment.admin('DELETE', '/admin/clients/app/secrets/rotate');
    assert.equal(ended.status, 200);
    assert.equal(ended.body.client_secret, undefined);
    assert.equal(await authenticates(secrets.at(-1) ?? ''), true);
    assert.equal(await authenticates(secrets.at(-2) ?? ''), false);
  });

  it('of a public client cannot be rotated', async () => {
    await deployment.createClient({ client_id: 'public', client_secret: '', token_endpoint_auth_method: 'none' });
    assert.equal((await deployment.admin('POST', '/admin/clients/public/secrets/rotate')).status, 400);
    assert.equal((await deployment.admin('POST', '/admin/clients/nobody/secrets/rotate')).status, 404);
  });

  it('stay when a client is replaced without one, and all give way to a new one', async () => {
    await deployment.createClient({ client_id: 'put' });
    const metadata = { grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_post' };
    await deployment.admin('PUT', '/admin/clients/put', metadata);
    assert.equal(await authenticates('app-secret', 'put'), true);
    await deployment.admin('PUT', '/admin/clients/put', { ...metadata, client_secret: 'another-secret' });
    assert.equal(await authenticates('app-secret', 'put'), false);
    assert.equal(await authenticates('another-secret', 'put'), true);
  });

  it('are hashed with bcrypt where that is configured, and one that is too long for it is refused', async (t) => {
    const bcrypt = await startDeployment({
      test: t,
      storage: 'memory',
      config: { oauth2: { hashers: { algorithm: 'bcrypt', bcrypt: { cost: 4 } } } },
    });
    await bcrypt.deployment.createClient();
    const machine = { client_id: 'app', grant_type: 'client_credentials' };
    assert.equal((await bcrypt.deployment.token({ ...machine, client_secret: 'app-secret' })).status, 200);
    assert.equal((await bcrypt.deployment.token({ ...machine, client_secret: 'app-secreT' })).status, 401);
    const long = await bcrypt.deployment.admin('POST', '/admin/clients', { client_secret: 'x'.repeat(73) });
    assert.deepEqual([long.status, long.body.error], [400, 'invalid_client_metadata']);
  });
});

describe('RFC 6902: a patch of a client', () => {
  const patch = (operations: unknown, id = 'patched') => deployment.admin('PATCH', `/admin/clients/${id}`, operations);
  before(() => deployment.createClient({ client_id: 'patched', metadata: { tier: 1 } }));

  it('changes what it names and nothing else', async () => {
    const { status, body } = await patch([
      { op: 'replace', path: '/client_name', value: 'New' },
      { op: 'add', path: '/redirect_uris/-', value: 'https://app.example.com/two' },
      { op: 'add', path: '/metadata/region', value: 'eu' },
      { op: 'replace', path: '/metadata/missing', value: true },
      { op: 'remove', path: '/metadata/tier' },
    ]);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.client_name, 'New');
    assert.deepEqual(body.redirect_uris, ['https://app.example.com/cb', 'https://app.example.com/two']);
    assert.deepEqual(body.metadata, { region: 'eu', missing: true });
    assert.equal(await authenticates('app-secret', 'patched'), true);
  });

  for (const [what, operations] of [
    ['no list', { op: 'add', path: '/owner', value: 'x' }],
    ['an operation of another kind', [{ op: 'move', from: '/owner', path: '/client_name' }]],
    ['no path', [{ op: 'add', value: 'x' }]],
    ['a path that is no text', [{ op: 'add', path: 7, value: 'x' }]],
    ['no value', [{ op: 'add', path: '/owner' }]],
    ['another id', [{ op: 'replace', path: '/client_id', value: 'other' }]],
    ['another client', [{ op: 'replace', path: '', value: {} }]],
    ['the prototype', [{ op: 'add', path: '/__proto__/polluted', value: 1 }]],
    ['a constructor below', [{ op: 'add', path: '/metadata/constructor/prototype/polluted', value: 1 }]],
    ['an index far away', [{ op: 'add', path: '/redirect_uris/40000', value: 'https://x.example' }]],
    ['a member of a text', [{ op: 'add', path: '/owner/x', value: 1 }]],
    ['a member that is not there', [{ op: 'remove', path: '/nothing' }]],
    ['a value of the wrong type', [{ op: 'replace', path: '/redirect_uris', value: 'x' }]],
    ['more operations than one asks for', Array(1001).fill({ op: 'replace', path: '/owner', value: 'x' })],
  ] as const) {
    it(`is refused with ${what}`, async () => {
      const { status, body } = await patch(operations);
      assert.equal(status, 400, JSON.stringify(body));
      assert.equal(({} as Record<string, unknown>).polluted, undefined);
    });
  }

  it('is made of what is there: fifteen at once all count', async () => {
    await deployment.createClient({ client_id: 'counted', contacts: [] });
    const answers = await Promise.all(
      Array.from({ length: 15 }, (_, at) => patch([{ op: 'add', path: '/contacts/-', value: `${at}` }], 'counted')),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    const { body } = await deployment.admin('GET', '/admin/clients/counted');
    assert.equal((body.contacts as string[]).length, 15);
  });
});

describe('lifespans and tokens of a client', () => {
  it('override those of the server, all at once', async () => {
    await deployment.createClient({ client_id: 'lives' });
    const path = '/admin/clients/lives/lifespans';
    const set = await deployment.admin('PUT', path, { client_credentials_grant_access_token_lifespan: '1.5h' });
    assert.equal(set.body.client_credentials_grant_access_token_lifespan, '1h30m0s');
    const machine = { client_id: 'lives', client_secret: 'app-secret', grant_type: 'client_credentials' };
    assert.ok(Number((await deployment.token(machine)).body.expires_in) > 5000);
    const reset = await deployment.admin('PUT', path, {});
    assert.equal(reset.body.client_credentials_grant_access_token_lifespan, null);
    assert.equal(
      (await deployment.admin('PUT', path, { client_credentials_grant_access_token_lifespan: '1d' })).status,
      400,
    );
  });

  it('end together when an administrator says so; what can be refreshed still can', async () => {
    await deployment.createClient({ client_id: 'ended' });
    const answer = await deployment.authorize({ parameters: { client_id: 'ended' } });
    const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '', { client_id: 'ended' });
    assert.equal((await deployment.admin('DELETE', '/admin/oauth2/tokens?client_id=ended')).status, 204);
    assert.equal(await deployment.isActive(body.access_token), false);
    assert.equal((await deployment.refresh(body.refresh_token, { client_id: 'ended' })).status, 200);
    assert.equal((await deployment.admin('DELETE', '/admin/oauth2/tokens')).status, 400);
  });
});

describe('lists of clients', () => {
  it('go by pages that follow each other, and refuse tokens that are not ours', async (t) => {
    const { deployment: fresh } = await startDeployment({ test: t, storage: 'memory' });
    for (const client_id of ['c', 'a', 'b']) await fresh.createClient({ client_id });
    const seen: string[] = [];
    let next: string | undefined = '/admin/clients?page_size=2';
    while (next) {
      const { body, headers } = await fresh.admin('GET', next);
      seen.push(...(body as unknown as { client_id: string }[]).map(({ client_id }) => client_id));
      next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    }
    assert.deepEqual(seen, ['a', 'b', 'c']);
    for (const query of ['page_token=AAAA', 'page_token=%00', 'page_size=x', `page_token=${'A'.repeat(500)}`]) {
      assert.equal((await fresh.admin('GET', `/admin/clients?${query}`)).status, 400, query);
    }
    assert.equal((await fresh.admin('GET', '/admin/clients?page_token=1&page_size=-3')).status, 200);
  });
});
