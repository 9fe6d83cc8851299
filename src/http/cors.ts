import { getDomain } from 'tldts';
import { noContent, type Reply } from './reply.ts';
import type { Request } from './request.ts';

/** `serve.{public,admin}.cors` of the configuration. */
export type CorsSettings = {
  readonly enabled: boolean;
  /** None: every origin, but without credentials. */
  readonly allowed_origins: readonly string[];
  readonly allowed_methods: readonly string[];
  readonly allowed_headers: readonly string[];
  readonly exposed_headers: readonly string[];
  readonly allow_credentials: boolean;
  readonly options_passthrough: boolean;
  /** Seconds; 0 leaves it to the browser. */
  readonly max_age: number;
};

/** Origins that the client of a request has registered. */
export type ClientOrigins = (request: Request) => Promise<readonly string[]>;

const NO_ORIGIN = { vary: 'Origin' };
const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

/** Answers in terms of the Fetch standard, section 3.3: who may read what `next` answers. */
export class Cors {
  readonly #settings: CorsSettings;
  readonly #allow_unbounded: boolean;

  constructor(settings: CorsSettings, allow_unbounded: boolean) {
    this.#settings = settings;
    this.#allow_unbounded = allow_unbounded;
  }

  /** `clientOrigins` is there where clients have a say of their own. */
  async answer(request: Request, next: () => Promise<Reply>, clientOrigins?: ClientOrigins): Promise<Reply> {
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (isPreflight) {
      const headers = this.#preflight(request);
      return this.#settings.options_passthrough ? withHeaders(await next(), headers) : noContent(headers);
    }
    return withHeaders(await next(), await this.#simple(request, clientOrigins));
  }

  #preflight({ headers }: Request): Record<string, string> {
    const { allowed_methods, allowed_headers, max_age } = this.#settings;
    const origin = headers.origin ?? '';
    const method = (headers['access-control-request-method'] ?? '').toUpperCase();
    const names = headers['access-control-request-headers'] ?? '';
    const known = allowed_headers.map((name) => name.toLowerCase());
    const isKnown = (name: string) => known.includes('*') || known.includes(name.trim().toLowerCase());
    const isAllowed =
      this.#allows(origin) &&
      (method === 'OPTIONS' || allowed_methods.includes(method)) &&
      names.split(',').every((name) => name.trim() === '' || isKnown(name));
    if (!isAllowed) return { vary: PREFLIGHT_VARY };
    return {
      vary: PREFLIGHT_VARY,
      ...this.#grant(origin),
      'access-control-allow-methods': method,
      ...(names === '' ? {} : { 'access-control-allow-headers': names }),
      ...(max_age > 0 ? { 'access-control-max-age': String(max_age) } : {}),
    };
  }

  async #simple(request: Request, clientOrigins?: ClientOrigins): Promise<Record<string, string>> {
    const { origin } = request.headers;
    if (origin === undefined) return NO_ORIGIN;
    const isAllowed =
      this.#allows(origin) || (clientOrigins && (await this.#isOfClient(request, origin, clientOrigins)));
    if (!isAllowed) return { vary: 'Origin' };
    const { exposed_headers } = this.#settings;
    return {
      vary: 'Origin',
      ...this.#grant(origin),
      ...(exposed_headers.length === 0 ? {} : { 'access-control-expose-headers': exposed_headers.join(', ') }),
    };
  }

  /** Never `*`: credentials may be allowed. Where nobody named an origin, they are not (operations.md H16). */
  #grant(origin: string): Record<string, string> {
    const { allow_credentials, allowed_origins } = this.#settings;
    return {
      'access-control-allow-origin': origin,
      ...(allow_credentials && allowed_origins.length > 0 ? { 'access-control-allow-credentials': 'true' } : {}),
    };
  }

  #allows(origin: string): boolean {
    const { allowed_origins } = this.#settings;
    if (origin === '') return false;
    if (allowed_origins.length === 0 || allowed_origins.includes('*')) return true;
    return allowed_origins.some((pattern) => this.#matches(pattern.toLowerCase(), origin));
  }

  /** The first `*` stands for anything. */
  #matches(pattern: string, origin: string): boolean {
    const star = pattern.indexOf('*');
    if (star < 0) return pattern === origin;
    if (!this.#isBounded(pattern)) return false;
    const [prefix, suffix] = [pattern.slice(0, star), pattern.slice(star + 1)];
    return origin.length >= prefix.length + suffix.length && origin.startsWith(prefix) && origin.endsWith(suffix);
  }

  /** Hydra: a client may plainly ask for options, and `*` of a client's origin does not cross dots. */
  async #isOfClient(request: Request, origin: string, clientOrigins: ClientOrigins): Promise<boolean> {
    if (request.method === 'OPTIONS') return true;
    const asked = origin.toLowerCase();
    return (await clientOrigins(request)).some((registered) => {
      const pattern = registered.toLowerCase();
      if (!pattern.includes('*')) return pattern === asked;
      if (pattern === '*' || /^[a-z]+:\/\/\*$/.test(pattern)) return asked.startsWith(pattern.slice(0, -1));
      return this.#isBounded(pattern) && globOf(pattern).test(asked);
    });
  }

  /** What follows the last `*` must end in a domain that somebody can own, by the public suffix list. */
  #isBounded(pattern: string): boolean {
    if (this.#allow_unbounded) return true;
    const rest = pattern.slice(pattern.lastIndexOf('*') + 1).replace(/:\d+$/, '');
    const domain = rest.slice(rest.indexOf('.') + 1);
    return rest.includes('.') && getDomain(domain, { allowPrivateDomains: true }) !== null;
  }
}

const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split(/(\*+)/)
      .map((part) => (part === '*' ? '[^.]*' : part.startsWith('**') ? '.*' : RegExp.escape(part)))
      .join('')}$`,
  );

const withHeaders = (reply: Reply, headers: Record<string, string>): Reply => ({
  ...reply,
  headers: { ...reply.headers, ...headers },
});
