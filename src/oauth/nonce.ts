import { OAuthError } from './error.ts';

const SHORTEST_NONCE = 8;

/** OpenID Connect Core section 15.5.2: it cannot be guessed. Hydra: so it has a shortest length. Throws `insufficient_entropy`. */
export function checkNonce(nonce: string): void {
  if (Buffer.byteLength(nonce) < SHORTEST_NONCE) {
    throw new OAuthError('insufficient_entropy', `The parameter 'nonce' needs at least ${SHORTEST_NONCE} characters.`);
  }
}
