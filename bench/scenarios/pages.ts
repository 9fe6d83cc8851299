import { createClient } from '../contestants/gatehouse.ts';
import { authorizePath } from '../flows/requests.ts';
import { call } from '../turn.ts';
import { ask } from '../wire/connection.ts';
import { get } from '../wire/message.ts';
import { asBase, BARE_WITHOUT_READ, gatehouse, onEach, type Scenario } from './scenario.ts';

const health = (engine: string, label = engine) =>
  gatehouse(
    engine,
    async ({ publicPort }) => call({ port: publicPort, messages: [get('/health/alive')], has: '"status":"ok"' }),
    { label },
  );

export const healthCheck: Scenario = {
  name: 'health',
  entries: (engines) => [...engines.map((engine) => health(engine)), BARE_WITHOUT_READ],
};

/** What a person sees first, against the least that can be asked of the same server. A browser asks by itself. */
export const loginPage: Scenario = {
  name: 'login_page',
  connections: 1,
  entries: (engines) => [
    ...onEach(engines, async (contestant) => {
      const credentials = await createClient(contestant);
      const { head } = await ask(contestant.publicPort, get(authorizePath({ credentials }, 'openid')), 302);
      const page = new URL(/\r\nlocation: ([^\r]*)/i.exec(head)?.[1] ?? '');
      const messages = [get(page.pathname + page.search)];
      return call({ port: contestant.publicPort, messages, has: '<form' });
    }),
    asBase(health(engines[0], 'health check')),
  ],
};
