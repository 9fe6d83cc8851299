import { createHash } from 'node:crypto';
import { isSameText } from '../lib/same_text.ts';
import { OAuthError } from './error.ts';

/** RFC 7636 section 4.3, at the authorization endpoint. Only S256: `plain` protects nobody (RFC 9700 section 2.1.1). */
export function checkCodeChallenge(challenge: string, method: string, isEnforced: boolean): void {
  if (challenge === '') {
    if (isEnforced) throw new OAuthError('invalid_request', "The parameter 'code_challenge' is required: use PKCE.");
    return;
  }
  if (method !== 'S256') {
    throw new OAuthError('invalid_request', "The parameter 'code_challenge_method' must be 'S256'.");
  }
}

/** RFC 7636 section 4.6, at the token endpoint. Throws `invalid_grant`; the caller burns the code. */
export function checkCodeVerifier(challenge: string, verifier: string): void {
  if (challenge === '') {
    if (verifier === '') return;
    throw new OAuthError('invalid_grant', 'The authorization request had no code_challenge.');
  }
  if (verifier.length < 43 || verifier.length > 128) {
    throw new OAuthError('invalid_grant', 'A code_verifier has 43 to 128 characters.');
  }
  if (!/^[A-Za-z0-9._~-]+$/.test(verifier)) {
    throw new OAuthError('invalid_grant', 'A code_verifier has no other characters than letters, digits, and -._~.');
  }
  if (!isSameText(createHash('sha256').update(verifier).digest('base64url'), challenge)) {
    throw new OAuthError('invalid_grant', 'The code_verifier does not belong to the code_challenge.');
  }
}
