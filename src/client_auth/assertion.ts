import { createHash } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import type { Claims } from '../keys/jwt.ts';
import { urlBelow } from '../lib/url_below.ts';
import type { Queries } from '../store/tables.ts';
import { insertUsedJti } from '../store/used_jtis.ts';

/** RFC 7523 section 3: what an assertion may call us, as the audience of a token request. */
export const tokenEndpointNames = ({ urls, webfinger }: Config): readonly string[] => [
  ...new Set([
    webfinger.oidc_discovery.token_url,
    urlBelow(urls.self.public, 'oauth2/token'),
    urlBelow(urls.self.issuer, 'oauth2/token'),
  ]),
];

/** RFC 7519 section 4.1.3: one string or many. */
export function audienceOfClaims({ aud }: Claims): readonly string[] {
  const values: unknown[] = Array.isArray(aud) ? aud : [aud];
  return values.filter((value) => typeof value === 'string');
}

/** RFC 7519 section 2, NumericDate: seconds since 1970, also with a fraction. */
export const timeOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** RFC 7523 section 3, number 7: true for the first who presents this `jti` of this issuer. A jti is remembered until `exp`. */
export function spendJti(tx: Queries, iss: string, jti: string, exp: number): Promise<boolean> {
  const hash = createHash('sha256')
    .update(JSON.stringify([iss, jti]))
    .digest();
  return insertUsedJti(tx, hash, Math.min(Math.ceil(exp), Number.MAX_SAFE_INTEGER));
}
