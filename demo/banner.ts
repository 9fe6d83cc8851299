import type { Config } from '../src/config/schema.ts';

/** Known to everybody, and worth nothing beyond this machine: the demo listens on loopback alone. */
export const ACCOUNT = {
  email: 'demo@example.com',
  password: 'demo-password',
  name: 'Demo Person',
  claims: { email_verified: true },
};

/** What to do next, ready to be pasted. */
export function banner({ serve, urls, dsn }: Config, client: string): string {
  const issuer = urls.self.issuer;
  const admin = `http://${serve.admin.host}:${serve.admin.port}`;
  const metadata = {
    client_id: 'my-client',
    client_secret: 'my-client-secret',
    grant_types: ['client_credentials'],
    scope: 'read write',
  };
  return `
  Gatehouse is running. Log in through it:

    ${client}
    as ${ACCOUNT.email} with the password ${ACCOUNT.password}
    then see what you granted: ${urls.self.public.replace(/\/$/, '')}/oauth2/fallbacks/account

  Public API   ${issuer}
  Discovery    ${issuer}/.well-known/openid-configuration
  Admin API    ${admin}
  Database     ${dsn === 'memory' ? 'memory: gone when this ends' : dsn}

  Create a client:

curl -X POST ${admin}/admin/clients -H 'Content-Type: application/json' -d '${JSON.stringify(metadata)}'

  Get a token with it:

curl -u my-client:my-client-secret -d grant_type=client_credentials -d scope=read ${issuer}/oauth2/token

  Ctrl-C ends it.
`;
}
