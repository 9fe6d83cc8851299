import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sealDetails } from '../../src/flow/consent_details.ts';
import { findClient, insertClient } from '../../src/store/clients.ts';
import { insertConsent } from '../../src/store/consents.ts';
import { insertTrust } from '../../src/store/trusted_jwt_issuers.ts';
import { write } from '../../src/store/write.ts';
import { clientRow, consentRow } from '../store/rows.ts';
import { startDeployment } from './deployment.ts';
import type { Deployment, Json } from './flow.ts';
import { counted } from './statements.ts';

const TRUSTS = '/admin/trust/grants/jwt-bearer/issuers';

async function page(deployment: Deployment, path: string): Promise<{ rows: Json[]; next: string | undefined }> {
  const { status, body, headers } = await deployment.admin('GET', path);
  assert.equal(status, 200, JSON.stringify(body));
  const next = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
  return { rows: body as unknown as Json[], next };
}

/** Follows the links to the end. */
async function all(deployment: Deployment, path: string): Promise<Json[]> {
  const { rows, next } = await page(deployment, path);
  return next === undefined ? rows : [...rows, ...(await all(deployment, next))];
}

const number = (at: number): string => String(at).padStart(6, '0');

describe('listings', () => {
  it('of a person with 1000 consents take two statements', async (test) => {
    const { deployment, running } = await startDeployment({ test, storage: 'memory' });
    const { server } = running;
    await deployment.createClient();
    const session = { id_token: {}, access_token: {} };
    const details = sealDetails(server, { query: 'client_id=app', acr: '', amr: [], context: null, session });
    await write(server, async (tx) => {
      for (let at = 0; at < 1000; at++) {
        await insertConsent(tx, consentRow(number(at), { subject: 'ada', details }));
        await insertConsent(tx, consentRow(`other-${number(at)}`, { subject: 'bob', details }));
      }
    });
    const { value, statements } = await counted(() =>
      all(deployment, '/admin/oauth2/auth/sessions/consent?subject=ada&page_size=500'),
    );
    assert.equal(new Set(value.map(({ consent_request_id }) => consent_request_id)).size, 1000);
    assert.equal(statements.length, 2, statements.join('\n'));
  });

  it('of clients begin each page where the one before ended, without counting up to there', async (test) => {
    const { deployment, running } = await startDeployment({ test, storage: 'memory' });
    const { server } = running;
    await deployment.createClient();
    const { document } = (await findClient(server.db.queries, 'app')) ?? assert.fail();
    await write(server, async (tx) => {
      for (let at = 0; at < 1500; at++) await insertClient(tx, clientRow(`client-${number(at)}`, { document }));
    });
    const { value, statements } = await counted(() => all(deployment, '/admin/clients?page_size=500'));
    assert.equal(value.length, 1501);
    const [statement = '', ...others] = new Set(statements);
    assert.deepEqual(others, [], 'the last page asks as the first does');
    assert.match(statement, /^select \* from .clients. where .client_id. > \S+ order by .client_id. limit \S+$/);
  });

  it('of trusted issuers take max_items and default_items for the size of a page, where page_size is left out', async (test) => {
    const { deployment, running } = await startDeployment({ test, storage: 'memory' });
    await write(running.server, async (tx) => {
      for (let at = 0; at < 5; at++) {
        const id = `00000000-0000-4000-8000-000000${number(at)}`;
        const row = { id, issuer: 'https://sts.example', subject: number(at), key_id: 'k', scope: '' };
        await insertTrust(tx, { ...row, created_at: 0, expires_at: 4_000_000_000 });
      }
    });
    const sizes: Record<string, number> = {
      '': 5,
      'max_items=2': 2,
      'default_items=3': 3,
      'max_items=2&default_items=3': 2,
      'default_items=3&max_items=2': 2,
      'page_size=4&max_items=2&default_items=3': 4,
      'max_items=2&page_token=1': 2,
    };
    for (const [query, size] of Object.entries(sizes)) {
      const { rows, next } = await page(deployment, `${TRUSTS}?${query}`);
      assert.equal(rows.length, size, query);
      assert.equal(next !== undefined, size < 5, query);
      assert.equal((await all(deployment, `${TRUSTS}?${query}`)).length, 5, query);
    }
    for (const query of ['max_items=x', 'default_items=1.5']) {
      assert.equal((await deployment.admin('GET', `${TRUSTS}?${query}`)).status, 400, query);
    }
  });

  it('take page_token=1 for the first page, of whatever is listed', async (test) => {
    const { deployment } = await startDeployment({ test, storage: 'memory' });
    await deployment.createClient({ client_id: 'a' });
    await deployment.createClient({ client_id: 'b' });
    const first = await page(deployment, '/admin/clients?page_token=1&page_size=1');
    assert.deepEqual([first.rows[0]?.client_id, first.next !== undefined], ['a', true]);
    for (const path of [TRUSTS, '/admin/oauth2/auth/sessions/consent?subject=ada']) {
      const separator = path.includes('?') ? '&' : '?';
      assert.deepEqual((await page(deployment, `${path}${separator}page_token=1`)).rows, [], path);
      assert.equal((await deployment.admin('GET', `${path}${separator}page_token=2`)).status, 400, path);
    }
  });
});
