import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makeCertificate } from '../certificate.ts';
import { startDeployment } from './deployment.ts';
import type { Deployment } from './flow.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sector-'));
const trusted = getCACertificates();
let deployment: Deployment;
let close: () => Promise<void>;
let server: Server;
let served: { status: number; body: string } = { status: 200, body: '' };

before(async () => {
  const { cert, key } = makeCertificate(folder);
  setDefaultCACertificates([...trusted, readFileSync(cert, 'utf8')]);
  server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => {
    response.writeHead(served.status, { location: '/elsewhere' }).end(served.body);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  ({ deployment, close } = await startDeployment({
    storage: 'memory',
    config: {
      oidc: { subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a-salt-of-12' } } },
    },
  }));
});
after(async () => {
  setDefaultCACertificates(trusted);
  server.close();
  await close();
  rmSync(folder, { recursive: true });
});

const REDIRECTS = ['https://a.example.com/cb', 'https://b.example.com/cb'];

const register = (body: string, values = {}, status = 200) => {
  served = { status, body };
  return deployment.admin('POST', '/admin/clients', {
    subject_type: 'pairwise',
    redirect_uris: REDIRECTS,
    sector_identifier_uri: `https://localhost:${(server.address() as AddressInfo).port}/sector.json`,
    ...values,
  });
};

describe('OpenID Connect Dynamic Client Registration 5: sector_identifier_uri', () => {
  it('is taken when its array holds every redirect URI', async () => {
    const { status } = await register(JSON.stringify([...REDIRECTS, 'https://c.example.com/cb']));
    assert.equal(status, 201);
  });

  it('is asked again when the client changes', async () => {
    const { body } = await register(JSON.stringify(REDIRECTS));
    served = { status: 200, body: JSON.stringify(REDIRECTS.slice(1)) };
    const changed = await deployment.admin('PUT', `/admin/clients/${body.client_id}`, body);
    assert.deepEqual([changed.status, changed.body.error], [400, 'invalid_client_metadata']);
  });

  const refused: Record<string, readonly [body: string, values?: object, status?: number]> = {
    'an array without one of the redirect URIs': [JSON.stringify(REDIRECTS.slice(1))],
    'a redirect URI that is nearly listed': [JSON.stringify([`${REDIRECTS[0]}/`, REDIRECTS[1]])],
    'an empty array': ['[]', { redirect_uris: [] }],
    'an array of other things': [JSON.stringify([...REDIRECTS, 7])],
    'an object': ['{"0":"https://a.example.com/cb"}'],
    'what is no JSON': ['<html>'],
    'an array with an error status': [JSON.stringify(REDIRECTS), {}, 404],
    'a redirect': [JSON.stringify(REDIRECTS), {}, 302],
    'more than a megabyte': [JSON.stringify([...REDIRECTS, 'x'.repeat(1024 * 1024)])],
    'an http URL': ['[]', { sector_identifier_uri: 'http://localhost/sector.json' }],
    'a host that nobody has': ['[]', { sector_identifier_uri: 'https://nobody.invalid/sector.json' }],
    'a link-local address': ['[]', { sector_identifier_uri: 'https://169.254.169.254/sector.json' }],
  };
  for (const [what, [text, values, answered]] of Object.entries(refused)) {
    it(`refuses ${what}`, async () => {
      const { status, body } = await register(text, values, answered);
      assert.deepEqual([status, body.error], [400, 'invalid_client_metadata']);
      assert.doesNotMatch(JSON.stringify(body), /<html>/);
    });
  }
});
