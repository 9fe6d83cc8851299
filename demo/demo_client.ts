import { randomBytes } from 'node:crypto';

export type Credentials = { readonly client_id: string; readonly client_secret: string };

/**
 * Registers the demo application as anybody would: through the admin API. In a database that has it already, it gets a
 * new secret and the redirect URI of today.
 */
export async function registerClient(admin: string, redirect_uri: string): Promise<Credentials> {
  const credentials = { client_id: 'demo', client_secret: randomBytes(24).toString('base64url') };
  const clients = `${admin}/admin/clients`;
  const client = `${clients}/${credentials.client_id}`;
  const isKnown = (await fetch(client)).ok;
  const response = await fetch(isKnown ? client : clients, {
    method: isKnown ? 'PUT' : 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...credentials,
      client_name: 'Demo application',
      redirect_uris: [redirect_uri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'openid offline_access profile email',
      token_endpoint_auth_method: 'client_secret_basic',
    }),
  });
  if (!response.ok) throw new Error(`The demo client could not be registered: ${await response.text()}`);
  return credentials;
}
