import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export type CertificateFiles = { readonly cert: string; readonly key: string };

/** For `localhost` and 127.0.0.1, signed by itself, made by `openssl` in a folder that the caller removes: paths of PEM files. */
export function makeCertificate(folder: string, name = 'listener'): CertificateFiles {
  const files = { cert: join(folder, `${name}-cert.pem`), key: join(folder, `${name}-key.pem`) };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', files.key];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', '-days', '1', ...key, ...subject, '-out', files.cert], { stdio: 'pipe' });
  return files;
}
