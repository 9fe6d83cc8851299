import type { Contestant } from '../contestants/contestant.ts';
import { createClient } from '../contestants/gatehouse.ts';
import { call, type Turn } from '../turn.ts';
import { ask } from '../wire/connection.ts';
import { type Credentials, form } from '../wire/message.ts';
import { BARE, OTHER_CLIENT, oidcProvider, onEach, type Scenario, tokenRequest } from './scenario.ts';

const ACTIVE = '"active":true';
const INACTIVE = '"active":false';

async function newToken(port: number, path: string, credentials: Credentials): Promise<string> {
  const { body } = await ask(port, tokenRequest(path, credentials), 200);
  return (JSON.parse(body) as { access_token: string }).access_token;
}

const introspection = ({ adminPort }: Contestant, token: string, has: string): Turn =>
  call({ port: adminPort, messages: [form('/admin/oauth2/introspect', { token })], has });

export async function active(contestant: Contestant, members = {}): Promise<Turn> {
  const credentials = await createClient(contestant, members);
  return introspection(contestant, await newToken(contestant.publicPort, '/oauth2/token', credentials), ACTIVE);
}

async function inactive(contestant: Contestant): Promise<Turn> {
  const credentials = await createClient(contestant);
  const token = await newToken(contestant.publicPort, '/oauth2/token', credentials);
  await ask(contestant.publicPort, form('/oauth2/revoke', { token }, credentials), 200);
  return introspection(contestant, token, INACTIVE);
}

const otherIntrospection = ({ publicPort }: Contestant, token: string, has: string): Turn =>
  call({ port: publicPort, messages: [form('/token/introspection', { token }, OTHER_CLIENT)], has });

async function otherInactive(contestant: Contestant): Promise<Turn> {
  const token = await newToken(contestant.publicPort, '/token', OTHER_CLIENT);
  await ask(contestant.publicPort, form('/token/revocation', { token }, OTHER_CLIENT), 200);
  return otherIntrospection(contestant, token, INACTIVE);
}

export const activeToken: Scenario = {
  name: 'introspection_active',
  entries: (engines) => [
    ...onEach(engines, active),
    oidcProvider(async (contestant) =>
      otherIntrospection(contestant, await newToken(contestant.publicPort, '/token', OTHER_CLIENT), ACTIVE),
    ),
    BARE,
  ],
};

export const inactiveToken: Scenario = {
  name: 'introspection_inactive',
  entries: (engines) => [...onEach(engines, inactive), oidcProvider(otherInactive), BARE],
};

export const jwt: Scenario = {
  name: 'introspection_jwt',
  entries: (engines) => [
    ...onEach(engines, (contestant) => active(contestant, { access_token_strategy: 'jwt' })),
    BARE,
  ],
};
