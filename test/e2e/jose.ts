import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Json } from './flow.ts';

export type Signer = { readonly jwk: Json; sign(claims: JWTPayload, header?: Json): Promise<string> };

/** A key pair of jose. */
export async function makeSigner(alg: string, kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg },
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(privateKey) as Promise<string>,
  };
}
