import type { Contestant } from '../contestants/contestant.ts';
import { CLIENT } from '../contestants/gatehouse.ts';
import { Progress } from '../report/progress.ts';
import { Connection, expectStatus } from '../wire/connection.ts';
import { type Credentials, json } from '../wire/message.ts';

const AT_ONCE = 16;

const created = new WeakMap<Contestant, Promise<Credentials[]>>();

/** With secrets that the server makes. The same ones when they are asked for again. */
export function clientsOf(contestant: Contestant, count: number): Promise<Credentials[]> {
  const clients = created.get(contestant) ?? createClients(contestant, count);
  created.set(contestant, clients);
  return clients;
}

async function createClients({ adminPort }: Contestant, count: number): Promise<Credentials[]> {
  const clients: Credentials[] = [];
  const progress = new Progress('clients', count);
  const lane = async () => {
    const connection = new Connection(adminPort);
    while (progress.take()) {
      const answer = await connection.send(json('POST', '/admin/clients', CLIENT));
      clients.push(JSON.parse(expectStatus(answer, 201, 'A new client').body) as Credentials);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  progress.end();
  return clients;
}
