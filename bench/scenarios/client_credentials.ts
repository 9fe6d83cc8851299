import type { Contestant } from '../contestants/contestant.ts';
import { createClient, signAccessTokensWith } from '../contestants/gatehouse.ts';
import { call, type Turn } from '../turn.ts';
import { ask } from '../wire/connection.ts';
import type { Credentials } from '../wire/message.ts';
import { clientsOf } from './many_clients.ts';
import { RSA } from './rsa.ts';
import {
  asBase,
  BARE,
  gatehouse,
  OTHER_CLIENT,
  oidcProvider,
  onEach,
  type Scenario,
  tokenRequest,
} from './scenario.ts';

const tokens = ({ publicPort }: Contestant, clients: readonly Credentials[]): Turn =>
  call({
    port: publicPort,
    messages: clients.map((client) => tokenRequest('/oauth2/token', client)),
    has: '"access_token":',
  });

export const opaque = async (contestant: Contestant): Promise<Turn> =>
  tokens(contestant, [await createClient(contestant)]);

const OTHER = oidcProvider(async ({ publicPort }) =>
  call({ port: publicPort, messages: [tokenRequest('/token', OTHER_CLIENT)], has: '"access_token":' }),
);

export const oneClient: Scenario = {
  name: 'client_credentials',
  entries: (engines) => [...onEach(engines, opaque), OTHER, BARE],
};

/** The other one has one client all the same. */
export const manyClients: Scenario = {
  name: 'client_credentials_10000',
  entries: (engines, scale) => [
    ...onEach(engines, async (contestant) => tokens(contestant, await clientsOf(contestant, scale.clients))),
    OTHER,
  ],
};

/** Signed with a key of this algorithm, or else the wrong thing is measured. */
async function signed(contestant: Contestant, alg: string): Promise<Turn> {
  const client = await createClient(contestant, { access_token_strategy: 'jwt' });
  const { body } = await ask(contestant.publicPort, tokenRequest('/oauth2/token', client), 200);
  const { access_token } = JSON.parse(body) as { access_token: string };
  const header = JSON.parse(Buffer.from(access_token.split('.')[0] ?? '', 'base64url').toString()) as { alg?: string };
  if (header.alg !== alg) throw new Error(`Access tokens are signed with ${header.alg}, not with ${alg}.`);
  return tokens(contestant, [client]);
}

export const es256: Scenario = {
  name: 'jwt_es256',
  entries: ([engine]) => [
    gatehouse(
      engine,
      async (contestant) => {
        await signAccessTokensWith(contestant, 'ES256');
        return signed(contestant, 'ES256');
      },
      { label: 'ES256', purpose: 'with a key for ES256' },
    ),
    asBase(gatehouse(engine, opaque, { label: 'opaque' })),
  ],
};

export const rs256: Scenario = {
  name: 'jwt_rs256',
  entries: (engines) => [...onEach(engines, (contestant) => signed(contestant, 'RS256')), RSA],
};
