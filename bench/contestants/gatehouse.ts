import { freePort } from '../../test/free_port.ts';
import { REDIRECT_URI } from '../flows/requests.ts';
import { ask } from '../wire/connection.ts';
import { type Credentials, json } from '../wire/message.ts';
import { type Contestant, startContestant } from './contestant.ts';

const LAUNCHER = new URL('../../bin/gatehouse', import.meta.url).pathname;

type Settings = {
  readonly dsn: string;
  readonly cores: string | undefined;
  readonly args?: readonly string[];
};

/** As operators start it: what it must be told, and the defaults of everything else. TLS would end before it. */
export async function startGatehouse({ dsn, cores, args = [] }: Settings): Promise<Contestant> {
  const [publicPort, adminPort] = [await freePort(), await freePort()];
  return startContestant({
    command: [LAUNCHER, 'serve', 'all', ...args],
    cores,
    env: {
      DSN: dsn,
      SECRETS_SYSTEM: 'a-secret-that-outlives-the-process',
      SERVE_PUBLIC_PORT: String(publicPort),
      SERVE_PUBLIC_HOST: '127.0.0.1',
      SERVE_ADMIN_PORT: String(adminPort),
      SERVE_ADMIN_HOST: '127.0.0.1',
      URLS_SELF_ISSUER: 'https://issuer.example.com',
    },
    publicPort,
    adminPort,
    health: '/health/ready',
  });
}

/** Of a client that may do everything, with a secret that Gatehouse made. `values` are further members. */
export async function createClient(
  { adminPort }: Contestant,
  values: Readonly<Record<string, unknown>> = {},
): Promise<Credentials> {
  const { body } = await ask(adminPort, json('POST', '/admin/clients', { ...CLIENT, ...values }), 201);
  return JSON.parse(body) as Credentials;
}

export const CLIENT = {
  redirect_uris: [REDIRECT_URI],
  grant_types: [
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:device_code',
  ],
  response_types: ['code'],
  scope: 'openid offline_access profile email read',
  token_endpoint_auth_method: 'client_secret_basic',
};

/** Makes a new key of this algorithm the one that signs the access tokens. */
export async function signAccessTokensWith({ adminPort }: Contestant, alg: string): Promise<void> {
  await ask(adminPort, json('POST', '/admin/keys/hydra.jwt.access-token', { alg, use: 'sig' }), 201);
}
