import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { accountExperienceRoutes } from '../../src/account_experience/routes.ts';
import type { RouteSchema } from '../../src/http/route.ts';
import { adminApi, publicApi } from '../../src/routes.ts';
import { type Message, messageOf, type Place } from './message.ts';
import type { Mutated, Mutation } from './mutations.ts';
import { type Operation, spokenOutcome, type Told } from './operation.ts';
import { OPERATIONS } from './operations/index.ts';
import type { World } from './world.ts';

/** One row of the matrix: a route in one state. */
export type Row = {
  readonly label: string;
  readonly listener: 'public' | 'admin';
  readonly operation: Operation;
  readonly schema: RouteSchema | undefined;
  build(world: World): Promise<Message>;
};

/** Every route of the product in every state that we know of; one that is not in the table has its schema. */
export function rowsOf(): Row[] {
  const listed = (listener: Row['listener'], routes: readonly (typeof publicApi)[number][]) =>
    routes
      .filter(({ method }) => method !== 'OPTIONS')
      .flatMap(({ method, path, schema }) => {
        const route = `${method} ${path}`;
        const known = OPERATIONS.filter((operation) => operation.route === route);
        return (known.length > 0 ? known : [undescribed(route, schema)]).map(
          (operation): Row => ({
            label: operation.name ? `${route} (${operation.name})` : route,
            listener,
            operation,
            schema,
            build: async (world) => messageOf(method, path, await operation.build(world)),
          }),
        );
      });
  return [...listed('public', [...publicApi, ...accountExperienceRoutes]), ...listed('admin', adminApi)];
}

/** Routes that the table names, and that are there no more. */
export const strayOperations = (rows: readonly Row[]): string[] =>
  OPERATIONS.filter(({ route }) => !rows.some(({ operation }) => operation.route === route)).map(({ route }) => route);

/** What any route promises: its success, or an error of the usual shape. */
function undescribed(route: string, schema: RouteSchema | undefined): Operation {
  const [status = '200'] = Object.keys(schema?.responses ?? {});
  const codes: readonly Told[] = [
    'invalid_request',
    'bad_request',
    'row_not_found',
    'challenge_not_found',
    'request_unauthorized',
  ];
  return {
    route,
    build: () => ({}),
    sound: status,
    codes,
    renew: 'never',
    undecoded: schema?.query ? 'invalid_request' : 'ignored',
  };
}

export type Parameter = { readonly place: Place; readonly name: string; readonly schema: TSchema | undefined };

type Properties = Readonly<Record<string, TSchema>>;

const propertiesOf = (schema: TSchema | undefined): Properties =>
  schema && 'properties' in schema
    ? (schema.properties as Properties)
    : schema && 'items' in schema
      ? propertiesOf(schema.items as TSchema)
      : {};

/** What the schema describes and what the sound request has. */
export function parametersOf({ schema }: Row, message: Message): Parameter[] {
  const described: Partial<Record<Place, Properties>> = {
    query: propertiesOf(schema?.query),
    form: propertiesOf(schema?.form),
    json: propertiesOf(schema?.body),
  };
  return (['path', 'query', 'form', 'json', 'header'] as const).flatMap((place) => {
    const known = described[place] ?? {};
    const sent = message.pairs[place].map(([name]) => name).filter((name) => name !== 'content-type');
    return [...new Set([...sent, ...Object.keys(known)])].map((name) => ({ place, name, schema: known[name] }));
  });
}

export type Cell = { readonly mutation: Mutation; readonly parameter: Parameter };

const WHOLE: Parameter = { place: 'json', name: '', schema: undefined };

export const cellsOf = (row: Row, message: Message, mutations: readonly Mutation[]): Cell[] =>
  mutations
    .flatMap((mutation) =>
      mutation.of === 'request'
        ? [{ mutation, parameter: WHOLE }]
        : parametersOf(row, message)
            .filter(({ place }) => mutation.of.includes(place))
            .map((parameter) => ({ mutation, parameter })),
    )
    .filter(({ mutation, parameter }) => mutation.apply(message, parameter.place, parameter.name, 0) !== undefined);

/** What the specification has for the mutated request: one outcome where it is certain, a choice where the value decides. */
export function expectedOf(row: Row, { parameter, mutation }: Cell, mutated: Mutated, message: Message): string[] {
  const { operation, listener } = row;
  const {
    redirects = false,
    required = {},
    exact = {},
    codes = [],
    unread = [],
    undecoded = 'invalid_request',
  } = operation;
  const spoken = (told: Told) => spokenOutcome(told, redirects);
  const told = (code: Told | undefined) => (code === undefined ? [] : [spoken(code)]);
  const { place, name, schema } = parameter;
  const malformed = spoken(operation.malformed ?? 'invalid_request');
  const hasJson = mutation.of === 'request' ? message.json !== undefined : place === 'json';
  const open = [operation.sound, ...codes.map(spoken)];
  switch (mutated.effect) {
    case 'too large':
      return ['431 invalid_request'];
    case 'nowhere':
      return mutation.of === 'request' ? ['404', '405'] : [listener === 'public' ? '404' : spoken('row_not_found')];
    case 'unreadable':
      if (hasJson) return [malformed];
      return [undecoded === 'ignored' ? operation.sound : spoken(undecoded)];
    case 'same':
      return [operation.sound];
    case 'form ignored':
      return [spoken(operation.noForm ?? 'invalid_request')];
    case 'missing': {
      // Null is a value where the schema has it.
      if (mutated.value === null && schema && Check(schema, null) && !(name in exact)) return [operation.sound];
      const [refusal = operation.sound] = told(required[name] ?? (mutated.value === null ? exact[name] : undefined));
      return [unread.includes(name) ? operation.sound : refusal];
    }
    case 'value':
      if (unread.includes(name)) return [operation.sound];
      if (place === 'json' && schema && !Check(schema, mutated.value)) return [malformed];
      // Of blanks, some count as nothing.
      if (isBlank(mutated.value)) return [...open, ...told(required[name]), ...told(exact[name])];
      // Another row may have made what has that name.
      if (place === 'path') return [...told(exact[name]), ...open];
      return name in exact ? told(exact[name]) : [...open, ...told(required[name])];
    case 'any':
      return [
        ...open,
        malformed,
        ...Object.values(required).map(spoken),
        spoken(operation.noForm ?? 'invalid_request'),
      ];
  }
}

const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';
