/**
 * `oidc-provider` in its own memory: opaque access tokens, client_secret_basic, a signing key of the kind that Gatehouse
 * makes by itself. It writes no log and nothing to a disk.
 */
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';
import { listen } from './listen.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const provider = new Provider('https://issuer.example.com', {
  clients: [
    {
      client_id: 'app',
      client_secret: 'a-secret-of-the-client-0123456789',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      scope: 'read',
    },
  ],
  scopes: ['openid', 'offline_access', 'read'],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'key', alg: 'RS256', use: 'sig' }] },
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true },
    devInteractions: { enabled: false },
  },
});
// TLS ends before it.
provider.proxy = true;

listen(provider.callback());
