import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Listener, listen } from '../../src/http/listener.ts';
import { json } from '../../src/http/reply.ts';
import type { Request } from '../../src/http/request.ts';

const PATIENCE = { headers: 300, request: 900, idle: 200 };
/** Milliseconds after which a connection that is still there counts as forgotten. */
const FORGOTTEN = 10_000;

let listener: Listener;

const echo = async (_server: unknown, { path, query, body }: Request) => {
  await sleep(Number(query));
  return json(200, { path, bytes: body.length });
};

before(async () => {
  const cors = { enabled: false } as Parameters<typeof listen>[2]['cors'];
  const routes = ['/first', '/second'].flatMap((path) =>
    (['GET', 'POST'] as const).map((method) => ({ method, path, operationId: 'echo', endpoint: echo })),
  );
  listener = await listen({ log: { error: ({ err }) => assert.fail(String(err)) } }, routes, {
    name: 'public',
    host: '127.0.0.1',
    port: 0,
    cors,
    allow_unbounded_origins: false,
    clientOrigins: async () => [],
    stopping: new AbortController().signal,
    patience: PATIENCE,
  });
});
after(() => listener.close(0));

type Talk = { readonly text: string; readonly milliseconds: number };

/** What a connection says until it ends. */
async function talk(speak: (socket: Socket) => unknown): Promise<Talk> {
  const { hostname, port } = new URL(listener.address);
  const started = performance.now();
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  void speak(socket);
  const signal = AbortSignal.timeout(FORGOTTEN);
  await once(socket, 'end', { signal });
  socket.destroy();
  return { text, milliseconds: performance.now() - started };
}

const trickle = async (socket: Socket, text: string) => {
  for (const character of text) {
    if (socket.writableEnded || socket.destroyed) return;
    socket.write(character);
    await sleep(40);
  }
};

const statuses = ({ text }: Talk): string[] => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status);
const paths = ({ text }: Talk): string[] => [...text.matchAll(/"path":"([^"]+)"/g)].map(([, path = '']) => path);

const GET = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
const POST = 'POST /first HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n';

describe('The patience of a listener', () => {
  const slow: readonly [who: string, speak: (socket: Socket) => unknown][] = [
    ['a client that says nothing', () => {}],
    ['a client that stops within its headers', (socket) => socket.write('GET /first HTTP/1.1\r\nhost:')],
    ['a client whose headers trickle', (socket) => trickle(socket, `GET /first HTTP/1.1\r\nx: ${'x'.repeat(500)}`)],
    ['a client that stops within its body', (socket) => socket.write(`${POST}a=`)],
    ['a client whose body trickles', (socket) => trickle(socket, `${POST}${'x'.repeat(500)}`)],
    [
      'a client whose chunks trickle',
      (socket) =>
        trickle(
          socket,
          `POST /first HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(100)}`,
        ),
    ],
  ];
  for (const [who, speak] of slow) {
    it(`RFC 9110 15.5.9: ends for ${who} with 408`, async () => {
      const { text, milliseconds } = await talk(speak);
      assert.match(text, /^HTTP\/1\.1 408 Request Timeout\r\n/);
      assert.match(text, /"error":"invalid_request"/);
      assert.ok(milliseconds < FORGOTTEN / 2, `${milliseconds}`);
    });
  }

  it('ends between two requests without a word', async () => {
    const answered = await talk((socket) => socket.write(GET('/first')));
    assert.deepEqual(statuses(answered), ['200']);
  });

  it('is not about how long an answer takes', async () => {
    const answered = await talk((socket) => socket.write(GET('/first?1500')));
    assert.deepEqual(statuses(answered), ['200']);
  });

  it('is none for a client that hangs up before its answer', async () => {
    const { text, milliseconds } = await talk((socket) => socket.end(GET('/first?5000')));
    assert.equal(text, '');
    assert.ok(milliseconds < 2_000, `${milliseconds}`);
  });

  it('is none for one that hangs up within its request', async () => {
    const answered = await talk((socket) => socket.end(`${POST}a=`));
    assert.deepEqual(statuses(answered), ['400']);
  });
});

describe('What cannot be read', () => {
  const garbage = 'GARBAGE\r\n\r\n'.repeat(50);

  it('RFC 9112 9.3.2: is answered after the requests that came before on the connection', async () => {
    const answered = await talk((socket) => socket.write(`${GET('/first?200')}${GET('/second?10')}${garbage}`));
    assert.deepEqual(
      [paths(answered), statuses(answered)],
      [
        ['/first', '/second'],
        ['200', '200', '400'],
      ],
    );
  });

  it('is answered once, however much of it comes', async () => {
    const answered = await talk((socket) => {
      socket.write(`${GET('/first?200')}${garbage}`);
      for (let more = 0; more < 20; more++) setTimeout(() => socket.writable && socket.write(garbage), more * 5);
    });
    assert.deepEqual(statuses(answered), ['200', '400']);
  });

  for (const [what, head] of [
    ['a length that is none', 'content-length: many'],
    ['two lengths', 'content-length: 1\r\ncontent-length: 2'],
    ['a length beside chunks', 'content-length: 1\r\ntransfer-encoding: chunked'],
    ['a name with a blank', 'x y: z'],
    ['a NUL in a value', 'x: \0'],
  ] as const) {
    it(`RFC 9112: and ${what} is no request`, async () => {
      const answered = await talk((socket) => socket.write(`POST /first HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\nx`));
      assert.deepEqual(statuses(answered), ['400']);
      assert.deepEqual(paths(answered), []);
    });
  }
});
