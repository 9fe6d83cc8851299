import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect } from 'node:tls';
import { type Listener, listen } from '../../src/http/listener.ts';
import { json } from '../../src/http/reply.ts';
import { CertificateError } from '../../src/http/tls.ts';
import { type CertificateFiles, makeCertificate } from '../certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
after(() => rmSync(folder, { recursive: true }));

const PATIENCE = { headers: 1_000, request: 2_000, idle: 60_000 };
/** The first bytes of a record that would have 512. */
const HALF_OPEN = '\u0016\u0003\u0001\u0002\u0000\u0001';

/** Milliseconds after which what should have happened has not. */
const FORGOTTEN = 15_000;

const [first, second] = [makeCertificate(folder, 'first'), makeCertificate(folder, 'second')];
const shown: CertificateFiles = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
const refusals: string[] = [];
let listener: Listener;

function show({ cert, key }: CertificateFiles): void {
  writeFileSync(shown.key, readFileSync(key));
  writeFileSync(shown.cert, readFileSync(cert));
}

const open = ({ cert, key }: CertificateFiles) =>
  listen(
    { log: { error: ({ err }) => refusals.push(String(err)) } },
    [{ method: 'GET', path: '/here', operationId: 'here', endpoint: async () => json(200, { here: true }) }],
    {
      name: 'public',
      host: '127.0.0.1',
      port: 0,
      tls: { cert: { path: cert }, key: { path: key } },
      cors: { enabled: false } as Parameters<typeof listen>[2]['cors'],
      allow_unbounded_origins: false,
      clientOrigins: async () => [],
      stopping: new AbortController().signal,
      patience: PATIENCE,
    },
  );

before(async () => {
  show(first);
  listener = await open(shown);
});
after(() => listener.close(0));

const portOf = ({ address }: Listener): number => Number(new URL(address).port);

/** Resolves to the name in the certificate that was shown. */
async function handshake(options: ConnectionOptions = {}): Promise<string> {
  const ca = [first, second].map(({ cert }) => readFileSync(cert));
  const socket = connect({ host: '127.0.0.1', port: portOf(listener), ca, ...options });
  try {
    await once(socket, 'secureConnect');
    const { subject } = socket.getPeerCertificate();
    return String(subject.CN);
  } finally {
    socket.destroy();
  }
}

async function get(path: string): Promise<string> {
  const ca = readFileSync(first.cert);
  const asked = request({ host: '127.0.0.1', port: portOf(listener), path, ca, agent: false }).end();
  const [response] = await once(asked, 'response');
  return text(response);
}

/** Milliseconds until a TCP connection that says this ends. */
async function lasts(said: string): Promise<number> {
  const started = performance.now();
  const socket = connectTcp(portOf(listener), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(said);
  socket.resume();
  await once(socket, 'close', { signal: AbortSignal.timeout(FORGOTTEN) });
  return performance.now() - started;
}

async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + FORGOTTEN; !(await holds()); await sleep(100)) assert.ok(Date.now() < end);
}

describe('A listener with a certificate', () => {
  it('answers over TLS, and says so in its address', async () => {
    assert.match(listener.address, /^https:/);
    assert.deepEqual(JSON.parse(await get('/here')), { here: true });
  });

  it('RFC 9325 3.1.1 and 4.1: speaks nothing before TLS 1.2, and of that what is forward secret and authenticated', async () => {
    assert.equal(await handshake({ maxVersion: 'TLSv1.2' }), 'first');
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await assert.rejects(handshake(old), /alert protocol version/);
    for (const ciphers of ['ECDHE-ECDSA-AES128-SHA', 'AES128-GCM-SHA256']) {
      await assert.rejects(handshake({ maxVersion: 'TLSv1.2', ciphers }), /handshake failure/);
    }
  });

  it('ends a handshake that does not go on, and answers others meanwhile', async () => {
    const halves = ['', HALF_OPEN].map(lasts);
    assert.deepEqual(JSON.parse(await get('/here')), { here: true });
    for (const time of await Promise.all(halves)) assert.ok(time > 0.8 * PATIENCE.headers, `${time} ms`);
  });

  it('ends what is not TLS at once', async () => {
    for (const said of ['GET /here HTTP/1.1\r\nhost: x\r\n\r\n', 'x'.repeat(10_000)]) await lasts(said);
    assert.deepEqual(JSON.parse(await get('/here')), { here: true });
  });

  it('shows a renewed certificate without a restart, and keeps the one before where it cannot be used', async () => {
    show(second);
    await eventually(async () => (await handshake()) === 'second');
    refusals.length = 0;
    writeFileSync(shown.cert, readFileSync(first.cert));
    await eventually(() => refusals.length > 0);
    assert.match(refusals[0] ?? '', /cannot be used.*mismatch/);
    assert.equal(await handshake(), 'second');
    writeFileSync(shown.key, readFileSync(first.key));
    await eventually(async () => (await handshake()) === 'first');
  });

  it('closes in time, with connections that asked nothing and handshakes that do not go on', async () => {
    const closing = await open(first);
    const sockets = ['', HALF_OPEN].map((said) => {
      const socket = connectTcp(portOf(closing), '127.0.0.1').on('error', () => {});
      socket.write(said);
      return socket;
    });
    const secure = connect({ host: '127.0.0.1', port: portOf(closing), ca: readFileSync(first.cert) });
    await once(secure, 'secureConnect');
    const started = performance.now();
    await closing.close(300);
    assert.ok(performance.now() - started < PATIENCE.headers, `${performance.now() - started} ms`);
    for (const socket of [...sockets, secure]) socket.destroy();
  });

  it('does not open without a key that is its own', async () => {
    await assert.rejects(open({ cert: first.cert, key: second.key }), {
      constructor: CertificateError,
      message: /mismatch/,
    });
    await assert.rejects(open({ cert: join(folder, 'nowhere.pem'), key: first.key }), {
      constructor: CertificateError,
      message: /no such file.*nowhere\.pem/,
    });
  });
});
