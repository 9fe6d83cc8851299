import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Server, ServerOptions } from 'node:https';
import { createSecureContext } from 'node:tls';

/** PEM, in a file or as it is. */
export type Pem = { readonly path: string } | { readonly base64: string };

/** A certificate, before those of who issued it, and its private key. */
export type Tls = { readonly cert: Pem; readonly key: Pem };

/** RFC 9325 sections 3.1.1 and 4.1, operations.md D.3: nothing before TLS 1.2, and of that what is forward secret and authenticated. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** Why TLS cannot be served: a sentence without its end. */
export class CertificateError extends Error {}

/** What `node:https` is told. Who begins a handshake has `patience` milliseconds. Throws CertificateError. */
export const tlsOptions = (tls: Tls, patience: number): ServerOptions => ({
  ...secureContext(readPair(tls)),
  handshakeTimeout: patience,
});

type Pair = { readonly cert: Buffer; readonly key: Buffer };

const secureContext = (pair: Pair) => ({ ...pair, minVersion: 'TLSv1.2', ciphers: CIPHERS }) as const;

function readPair({ cert, key }: Tls): Pair {
  try {
    const pair = { cert: contentOf(cert), key: contentOf(key) };
    createSecureContext(pair);
    return pair;
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new CertificateError(`The certificate and its key cannot be used: ${reason}`, { cause: error });
  }
}

const contentOf = (pem: Pem): Buffer => ('path' in pem ? readFileSync(pem.path) : Buffer.from(pem.base64, 'base64'));

/** Milliseconds between two looks at the files. */
const LOOK = 2_000;

/**
 * Shows a renewed certificate to who connects from then on, until it is stopped. One that cannot be used is told to
 * `refused`, and the one before stays.
 */
export function followCertificate(
  server: Pick<Server, 'setSecureContext'>,
  tls: Tls,
  refused: (error: unknown) => void,
): () => void {
  const paths = [tls.cert, tls.key].flatMap((pem) => ('path' in pem ? [pem.path] : []));
  const renew = () => {
    try {
      server.setSecureContext(secureContext(readPair(tls)));
    } catch (error) {
      refused(error);
    }
  };
  for (const path of paths) watchFile(path, { interval: LOOK, persistent: false }, renew);
  return () => {
    for (const path of paths) unwatchFile(path, renew);
  };
}
