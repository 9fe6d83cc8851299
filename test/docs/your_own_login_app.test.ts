import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { documentedLoginApp, EMAIL, PASSWORD } from '../account_experience/login_app.ts';
import { freePort } from '../free_port.ts';
import { startRunningServer } from '../running_server.ts';
import { blocksOf } from './page.ts';

/** What it does for people, test/account_experience/login_apps.test.ts tests. */
describe('the login app of docs/your-own-login-app.md', () => {
  let server: Awaited<ReturnType<typeof startRunningServer>>;
  let app: ReturnType<typeof documentedLoginApp>;
  let origin: string;
  let login: string;
  before(async () => {
    origin = `http://127.0.0.1:${await freePort()}`;
    app = documentedLoginApp(origin);
    server = await startRunningServer(app.urls);
    await app.start(server.admin);
    const client = { client_id: 'app', redirect_uris: ['https://app.example.com/'], scope: 'openid' };
    await fetch(`${server.admin}/admin/clients`, { method: 'POST', body: JSON.stringify(client) });
    const redirect_uri = 'https://app.example.com/';
    const query = { client_id: 'app', redirect_uri, response_type: 'code', scope: 'openid', state: 'state-0123456789' };
    const asked = await fetch(`${server.issuer}/oauth2/auth?${new URLSearchParams(query)}`, { redirect: 'manual' });
    login = asked.headers.get('location') ?? '';
    assert.ok(login.startsWith(`${origin}/login?login_challenge=`), login);
  });
  after(async () => {
    await app.stop();
    await server.close();
  });

  const send = (form: Record<string, string>, headers: Record<string, string>) =>
    fetch(login, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' });

  it('has sixty lines', () => {
    const [text = ''] = blocksOf('your-own-login-app.md', 'js');
    const lines = text.split('\n').filter((line) => line !== '' && !line.trimStart().startsWith('//'));
    assert.ok(lines.length <= 60, `${lines.length} lines`);
  });

  it('takes a form of its own, and none that another site sent', async () => {
    const form = { email: EMAIL, password: PASSWORD };
    for (const headers of [{}, { origin: 'https://evil.example.com' }, { origin: 'null' }]) {
      const refused = await send(form, headers as Record<string, string>);
      assert.deepEqual([refused.status, refused.headers.get('location')], [400, null]);
    }
    const accepted = await send(form, { origin });
    assert.equal(accepted.status, 303);
    assert.ok(accepted.headers.get('location')?.startsWith(`${server.issuer}/oauth2/auth?`));
  });

  it('shows pages that nobody keeps, frames, or hears of', async () => {
    const { headers } = await fetch(login);
    assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none';.* frame-ancestors 'none'$/);
    assert.deepEqual([headers.get('cache-control'), headers.get('referrer-policy')], ['no-store', 'same-origin']);
  });

  it('stays up where it is asked for nonsense', async () => {
    for (const path of [
      '/',
      '/constructor',
      '/login',
      '/login?login_challenge=x',
      '/logout?logout_challenge=x',
      '//',
    ]) {
      const shown = await fetch(origin + path);
      assert.deepEqual([shown.status, await shown.text()], [400, '<h1>Please start again.</h1>'], path);
    }
  });
});
