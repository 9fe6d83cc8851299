import { call } from '../turn.ts';
import { get } from '../wire/message.ts';
import { BARE_WITHOUT_READ, oidcProvider, onEach, type Scenario } from './scenario.ts';

/** What everybody may read, and nobody changes. */
const document = (name: string, path: string, otherPath: string, has: string): Scenario => ({
  name,
  entries: (engines) => [
    ...onEach(engines, async ({ publicPort }) => call({ port: publicPort, messages: [get(path)], has })),
    oidcProvider(async ({ publicPort }) => call({ port: publicPort, messages: [get(otherPath)], has })),
    BARE_WITHOUT_READ,
  ],
});

const DISCOVERY = '/.well-known/openid-configuration';

export const jwks = document('jwks', '/.well-known/jwks.json', '/jwks', '"keys":');
export const discovery = document('discovery', DISCOVERY, DISCOVERY, '"token_endpoint":');
