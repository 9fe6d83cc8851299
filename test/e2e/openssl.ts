import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from './flow.ts';

export type OpenSslAlgorithm = 'RS256' | 'PS256' | 'ES256';

/** How the command line makes a key of this sort, and signs with it. */
const COMMANDS = {
  RS256: { key: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], signature: [] },
  PS256: {
    key: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
    signature: ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'],
  },
  ES256: { key: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], signature: [] },
} as const;

export type OpenSslSigner = {
  readonly jwk: Json;
  /** The signature as OpenSSL writes it. */
  signature(text: string): Buffer;
  sign(claims: object, header?: Json): string;
};

/** Keys and signatures of another implementation: `openssl` on the command line. */
export function makeOpenSslSigner(alg: OpenSslAlgorithm, kid: string): OpenSslSigner {
  const { key, signature: options } = COMMANDS[alg];
  const pem = openssl('', 'genpkey', '-algorithm', ...key);
  const publicKey = createPublicKey(openssl(pem, 'pkey', '-pubout'));
  const signature = (text: string): Buffer =>
    withFile(pem, (file) => openssl(text, 'dgst', '-sha256', '-sign', file, ...options));
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg },
    signature,
    sign(claims, header = {}) {
      const text = [{ alg, kid, ...header }, claims].map(encoded).join('.');
      const signed = signature(text);
      return `${text}.${(alg === 'ES256' ? rawOfDer(signed) : signed).toString('base64url')}`;
    },
  };
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

const openssl = (input: string | Buffer, ...parameters: string[]): Buffer =>
  execFileSync('openssl', parameters, { input, stdio: ['pipe', 'pipe', 'ignore'] });

function withFile<T>(content: Buffer, use: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-openssl-'));
  try {
    const file = join(folder, 'key.pem');
    writeFileSync(file, content, { mode: 0o600 });
    return use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** RFC 7518 section 3.4: R and S in 32 bytes each, where DER has a SEQUENCE of two INTEGERs with a sign and no padding. */
function rawOfDer(der: Buffer): Buffer {
  const integerAt = (start: number) => der.subarray(start + 2, start + 2 + (der[start + 1] ?? 0));
  const r = integerAt(2);
  const s = integerAt(4 + r.length);
  return Buffer.concat([r, s].map((integer) => Buffer.concat([Buffer.alloc(32), integer]).subarray(-32)));
}
