import type { Contestant } from '../contestants/contestant.ts';
import { createClient } from '../contestants/gatehouse.ts';
import type { Site } from '../flows/flow.ts';
import type { FlowName } from '../generator/messages.ts';
import { flow } from '../turn.ts';
import { RSA } from './rsa.ts';
import { BARE, type Entry, onEach, type Scenario } from './scenario.ts';

export const siteOf = async (contestant: Contestant): Promise<Site> => ({
  publicPort: contestant.publicPort,
  adminPort: contestant.adminPort,
  credentials: await createClient(contestant),
});

/** Requests that need each other, compared with one that needs nothing, or with what a signature costs. */
const scenario = (name: FlowName, base: Entry): Scenario => ({
  name,
  entries: (engines) => [...onEach(engines, async (contestant) => flow(name, await siteOf(contestant))), base],
});

export const firstLogin = scenario('first_login', RSA);
export const rememberedLogin = scenario('remembered_login', RSA);
export const refresh = scenario('refresh', BARE);
export const refreshWithoutIdToken = scenario('refresh_without_id_token', BARE);
export const revoke = scenario('revoke', BARE);
export const devicePoll = scenario('device_poll', BARE);
