import { randomUUID } from 'node:crypto';
import { logIn } from '../flows/requests.ts';
import { call } from '../turn.ts';
import { Connection } from '../wire/connection.ts';
import { get } from '../wire/message.ts';
import { siteOf } from './flows.ts';
import { BARE, onEach, type Scenario } from './scenario.ts';

export const userinfo: Scenario = {
  name: 'userinfo',
  entries: (engines) => [
    ...onEach(engines, async (contestant) => {
      const site = await siteOf(contestant);
      const connections = { open: new Connection(site.publicPort), admin: new Connection(site.adminPort) };
      const login = { scope: 'openid offline_access', subject: randomUUID(), cookies: new Map() };
      const { access_token } = await logIn({ ...site, ...connections }, login);
      connections.open.close();
      connections.admin.close();
      const messages = [get('/userinfo', { Authorization: `Bearer ${access_token}` })];
      return call({ port: site.publicPort, messages, has: login.subject });
    }),
    BARE,
  ],
};
