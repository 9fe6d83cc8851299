import type { Contestant } from '../contestants/contestant.ts';
import { CLIENT, createClient } from '../contestants/gatehouse.ts';
import { call, type Turn } from '../turn.ts';
import { get, json } from '../wire/message.ts';
import { BARE, onEach, type Scenario } from './scenario.ts';

const scenario = (name: string, prepare: (contestant: Contestant) => Promise<Turn>): Scenario => ({
  name,
  entries: (engines) => [...onEach(engines, prepare), BARE],
});

export const createOne = scenario('create_client', async ({ adminPort }) =>
  call({ port: adminPort, messages: [json('POST', '/admin/clients', CLIENT)], status: 201, has: '"client_secret":' }),
);

export const getOne = scenario('get_client', async (contestant) => {
  const { client_id } = await createClient(contestant);
  return call({ port: contestant.adminPort, messages: [get(`/admin/clients/${client_id}`)], has: client_id });
});

const PAGE = 20;

export const listPage = scenario('list_clients', async (contestant) => {
  for (let count = 0; count < PAGE; count++) await createClient(contestant);
  const messages = [get(`/admin/clients?page_size=${PAGE}`)];
  return call({ port: contestant.adminPort, messages, has: '"client_id":' });
});
