import type { Machine } from './machine.ts';
import type { Metric } from './sample.ts';

/** What must hold of the median of a ratio, or of a figure itself where there is nothing to compare it with. */
export type Floor = {
  readonly scenario: string;
  /** CONNECTIONS where it does not say. */
  readonly connections?: number;
  /** The entry that is judged, as the scenario labels it, and the one that it is compared with. */
  readonly of: string;
  readonly to?: string;
  readonly metric: Metric;
} & ({ readonly atLeast: number } | { readonly atMost: number });

/** With so many the floors are asked for. */
export const CONNECTIONS = 16;

/** Milliseconds for RSA-2048 on the core that the rates of whole logins are meant for. */
const RSA = 0.6;

/**
 * Of the server on one core, SQLite with `synchronous=FULL` where nothing else is said. `rsa`: milliseconds that this
 * core takes for a signature. Processors differ by more in that than in anything else.
 */
export const floorsFor = ({ rsa }: Pick<Machine, 'rsa'>): readonly Floor[] => [
  rate('client_credentials', 'sqlite', 'oidc-provider', 1.2),
  rate('client_credentials_10000', 'sqlite', 'oidc-provider', 0.8),
  rate('introspection_active', 'sqlite', 'bare', 0.45),
  rate('introspection_active', 'sqlite', 'oidc-provider', 1.8),
  rate('introspection_jwt', 'sqlite', 'bare', 0.35),
  rate('userinfo', 'sqlite', 'bare', 0.35),
  rate('jwks', 'sqlite', 'bare, no read', 0.85),
  rate('discovery', 'sqlite', 'bare, no read', 0.85),
  rate('refresh', 'sqlite', 'bare', 0.05),
  rate('refresh', 'postgres', 'bare', 0.025),
  { scenario: 'first_login', of: 'sqlite', metric: 'rate', atLeast: withRsa(300, rsa) },
  { scenario: 'first_login', of: 'postgres', metric: 'rate', atLeast: withRsa(150, rsa) },
  rate('jwt_es256', 'ES256', 'opaque', 0.6),
  rate('jwt_rs256', 'sqlite', 'RSA-2048', 0.65),
  { scenario: 'two_workers_reading', of: '2 workers', to: '1 process', metric: 'cpu', atMost: 1.1 },
  { scenario: 'two_workers_writing', of: '2 workers', to: '1 process', metric: 'cpu', atMost: 1.1 },
  { scenario: 'login_page', connections: 1, of: 'sqlite', to: 'health check', metric: 'cpu', atMost: 3 },
  { scenario: 'start', of: 'sqlite', metric: 'p50', atMost: 600 },
  { scenario: 'memory', of: 'sqlite', metric: 'rss', atMost: 200 },
];

function rate(scenario: string, of: string, to: string, atLeast: number): Floor {
  return { scenario, of, to, metric: 'rate', atLeast };
}

/** A rate with one signature in each, where that takes another time. */
const withRsa = (rate: number, rsa: number): number => 1000 / (1000 / rate - RSA + rsa);

export const holds = (floor: Floor, value: number): boolean =>
  'atLeast' in floor ? value >= floor.atLeast : value <= floor.atMost;
