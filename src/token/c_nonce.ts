import { type AuthorizationServer, seconds } from '../authorization_server.ts';

/** OpenID Connect UserInfo Verifiable Credentials, draft 00: with `openid`, the scope that asks for a nonce. */
export const CREDENTIAL_SCOPE = 'userinfo_credential_draft_00';

/**
 * What a proof of possession has to repeat: good for one access token and for `ttl.vc_nonce`, and kept nowhere. The hash
 * is that of the access token; `c_nonce_expires_in` counts seconds.
 */
export function mintNonce(
  server: AuthorizationServer,
  hash: Uint8Array,
): { readonly c_nonce: string; readonly c_nonce_expires_in: number } {
  const c_nonce_expires_in = Math.floor(server.config.ttl.vc_nonce);
  const expiry = Buffer.from(String(seconds(server) + c_nonce_expires_in));
  const c_nonce = server.keys.nonces.seal(expiry, purposeOf(hash)).toString('base64url');
  return { c_nonce, c_nonce_expires_in };
}

/** Whether we made it for this access token, and not too long ago. */
export function isNonceFor(server: AuthorizationServer, hash: Uint8Array, c_nonce: string): boolean {
  const expiry = server.keys.nonces.open(Buffer.from(c_nonce, 'base64url'), purposeOf(hash));
  return expiry !== undefined && Number(expiry.toString()) > seconds(server);
}

const purposeOf = (hash: Uint8Array): string => `c_nonce/${Buffer.from(hash).toString('base64url')}`;
