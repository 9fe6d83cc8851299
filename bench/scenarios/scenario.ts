import type { Contestant } from '../contestants/contestant.ts';
import type { Field } from '../contestants/field.ts';
import { call, type Turn } from '../turn.ts';
import { type Credentials, form, type Message } from '../wire/message.ts';

/** One of those that are compared in a scenario. */
export type Entry = {
  readonly label: string;
  /** What others are compared with. */
  readonly isBase?: true;
  /** Undefined where the turn itself starts what it measures. */
  contestant(field: Field): Promise<Contestant | undefined>;
  /** Makes what the turns need, once. */
  prepare(contestant: Contestant | undefined, field: Field): Promise<Turn>;
};

export type Scenario = {
  readonly name: string;
  /** On these engines, of which the first stands for all where a difference between engines tells nothing. */
  entries(engines: readonly [string, ...string[]], scale: Scale): readonly Entry[];
  /** So many connections, whatever was asked for. */
  readonly connections?: number;
  /** Of a turn, where it is not as long as the others; then there is one round. */
  seconds?(scale: Scale): number;
};

export type Scale = { readonly clients: number; readonly minutes: number };

type Prepare = (contestant: Contestant) => Promise<Turn>;

type Options = { readonly label?: string; readonly purpose?: string; readonly args?: readonly string[] };

export const gatehouse = (engine: string, prepare: Prepare, { label, purpose, args }: Options = {}): Entry => ({
  label: label ?? engine,
  contestant: (field) => field.gatehouse(engine, purpose, args),
  prepare: (contestant) => prepare(there(contestant)),
});

export const onEach = (engines: readonly string[], prepare: Prepare): Entry[] =>
  engines.map((engine) => gatehouse(engine, prepare));

export const asBase = (entry: Entry): Entry => ({ ...entry, isBase: true });

export const oidcProvider = (prepare: Prepare): Entry => ({
  label: 'oidc-provider',
  isBase: true,
  contestant: (field) => field.program('oidc_provider'),
  prepare: (contestant) => prepare(there(contestant)),
});

function there(contestant: Contestant | undefined): Contestant {
  if (!contestant) throw new Error('There is no server to measure.');
  return contestant;
}

/** The client of bench/programs/oidc_provider.ts. */
export const OTHER_CLIENT: Credentials = { client_id: 'app', client_secret: 'a-secret-of-the-client-0123456789' };

export const tokenRequest = (path: string, credentials: Credentials): Message =>
  form(path, { grant_type: 'client_credentials', scope: 'read' }, credentials);

const bare = (label: string, path: string): Entry => ({
  label,
  isBase: true,
  contestant: (field) => field.program('bare_server'),
  prepare: async (contestant) =>
    call({ port: there(contestant).publicPort, messages: [tokenRequest(path, OTHER_CLIENT)], has: '{' }),
});

export const BARE: Entry = bare('bare', '/read');

export const BARE_WITHOUT_READ: Entry = bare('bare, no read', '/plain');
