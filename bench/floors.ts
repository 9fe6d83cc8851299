import type { Metric } from './sample.ts';

/** What must hold of the median of a ratio, or of a figure itself where there is nothing to compare it with. */
export type Floor = {
  readonly scenario: string;
  /** The entry that is judged, as the scenario labels it, and the one that it is compared with. */
  readonly of: string;
  readonly to?: string;
  readonly metric: Metric;
  /** Where it is asked for; CONNECTIONS. */
  readonly connections?: number;
} & ({ readonly atLeast: number } | { readonly atMost: number });

/** With so many the floors are asked for. */
export const CONNECTIONS = 16;

/** A core on which RSA-2048 signs in 0.6 ms does that so often a second. */
const SIGNATURES = 1000 / 0.6;

/** Of the server on one core, SQLite with `synchronous=FULL` where nothing else is said. */
export const FLOORS: readonly Floor[] = [
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
  rate('first_login', 'sqlite', 'RSA-2048', 300 / SIGNATURES),
  rate('first_login', 'postgres', 'RSA-2048', 150 / SIGNATURES),
  rate('jwt_es256', 'ES256', 'opaque', 0.6),
  rate('jwt_rs256', 'sqlite', 'RSA-2048', 0.65),
  { scenario: 'two_workers', of: '2 workers', to: '1 process', metric: 'cpu', atMost: 1.1 },
  { scenario: 'login_page', of: 'sqlite', to: 'health check', metric: 'cpu', connections: 1, atMost: 3 },
  { scenario: 'start', of: 'sqlite', metric: 'p50', atMost: 600 },
  { scenario: 'memory', of: 'sqlite', metric: 'rss', atMost: 200 },
];

function rate(scenario: string, of: string, to: string, atLeast: number): Floor {
  return { scenario, of, to, metric: 'rate', atLeast };
}

export const holds = (floor: Floor, value: number): boolean =>
  'atLeast' in floor ? value >= floor.atLeast : value <= floor.atMost;
