import { createHash } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import { OAuthError } from '../oauth/error.ts';
import type { Client } from './client.ts';
import { supportedSubjectTypes } from './metadata.ts';

export const accessTokenStrategyOf = (config: Config, client: Client): string =>
  client.access_token_strategy || config.strategies.access_token;

/**
 * OpenID Connect Core section 8.1: the subject as this client may know it. `forced` is the identifier that the login
 * app chose. Throws `invalid_request` where none can be computed.
 */
export function subjectFor(config: Config, client: Client, subject: string, forced: string): string {
  if (client.subject_type !== 'pairwise') return subject;
  const { supported_types, pairwise } = config.oidc.subject_identifiers;
  if (!supportedSubjectTypes(supported_types, accessTokenStrategyOf(config, client)).includes('pairwise')) {
    throw new OAuthError('invalid_request', 'The client wants pairwise subjects, which this server does not issue.');
  }
  if (forced !== '') return forced;
  return createHash('sha256').update(sectorOf(client)).update(subject).update(pairwise.salt).digest('hex');
}

/** Hydra: the sector is the URI itself where one is registered, else the host of the only redirect URI. */
function sectorOf(client: Client): string {
  if (client.sector_identifier_uri !== '') return client.sector_identifier_uri;
  const [only, ...others] = client.redirect_uris ?? [];
  if (only === undefined || others.length > 0) {
    throw new OAuthError(
      'invalid_request',
      "Pairwise subjects need 'sector_identifier_uri' or exactly one redirect URI.",
    );
  }
  return URL.parse(only)?.host ?? '';
}
