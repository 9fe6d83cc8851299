import { channel } from 'node:diagnostics_channel';
import type { OutgoingHttpHeader } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { OAuthError } from '../oauth/error.ts';
import { cleanPath, redirectToPath } from './clean_path.ts';
import { type ClientOrigins, Cors, type CorsSettings } from './cors.ts';
import { errorReply, toOAuthError } from './error.ts';
import { adminNotFound, bodyTooLarge, publicNotFound } from './not_found.ts';
import { Outbox } from './outbox.ts';
import type { Reply } from './reply.ts';
import type { Request } from './request.ts';
import type { Endpoint, Route } from './route.ts';
import { followCertificate, type Tls, tlsOptions } from './tls.ts';
import { answerUnreadable, dropMalformedType } from './unreadable.ts';

/** Hears of every answer. Subscribers live in telemetry/. */
const answers = channel('gatehouse:answer');

export type Answer = {
  readonly listener: string;
  readonly method: string;
  readonly path: string;
  /** The path of the route, with `{name}` for a segment; empty where there is none. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  /** Bytes of the two bodies. */
  readonly received: number;
  readonly sent: number;
};

export type ListenerSettings<Server> = {
  readonly name: 'public' | 'admin';
  readonly host: string;
  readonly port: number;
  readonly tls?: Tls | undefined;
  readonly cors: CorsSettings;
  readonly allow_unbounded_origins: boolean;
  /** For the routes that answer OPTIONS. */
  readonly clientOrigins: (server: Server, request: Request) => ReturnType<ClientOrigins>;
  /** Once it is aborted, every answer is the last of its connection. */
  readonly stopping: AbortSignal;
  /** What stands below this path is never for the pages of other origins, whatever `cors` says. */
  readonly withoutCors?: string;
  /** Milliseconds. */
  readonly patience?: Patience;
};

/** How long a client may take: for the headers, for the whole request, and between two requests. */
export type Patience = { readonly headers: number; readonly request: number; readonly idle: number };

/** More than the five seconds that the reference has for reading, for those with slow lines, and between requests the same. */
const PATIENCE: Patience = { headers: 10_000, request: 20_000, idle: 120_000 };
/** Milliseconds between two looks at who takes too long. */
const LOOK = 1_000;

export type Listener = {
  /** Where it listens, with the port that port 0 became. */
  readonly address: string;
  /** Takes no more connections, and lets running requests finish, but not for longer than `patience` milliseconds. */
  close(patience: number): Promise<void>;
};

const BODY_LIMIT = 1024 * 1024;
/** Challenges travel in URLs, and so do whole authorization requests. */
const HEADER_LIMIT = 64 * 1024;

const noCompiler = (): never => {
  throw new Error('a route has a schema of Fastify');
};

/** Fastify routes and reads; what is said is decided by the endpoints. */
export async function listen<Server extends { readonly log: Parameters<typeof toOAuthError>[1] }>(
  server: Server,
  routes: readonly Route<Server>[],
  {
    name,
    host,
    port,
    tls,
    cors: corsSettings,
    allow_unbounded_origins,
    clientOrigins,
    stopping,
    withoutCors,
    patience = PATIENCE,
  }: ListenerSettings<Server>,
): Promise<Listener> {
  const respond = (reply: FastifyReply, request: Request, answered: Reply) =>
    send(reply, request, answered, stopping.aborted);
  const http = {
    maxHeaderSize: HEADER_LIMIT,
    headersTimeout: patience.headers,
    connectionsCheckingInterval: Math.min(LOOK, patience.headers),
  };
  const fastify = Fastify({
    bodyLimit: BODY_LIMIT,
    ...(tls ? { https: { ...http, ...tlsOptions(tls, patience.headers) } } : { http }),
    requestTimeout: patience.request,
    keepAliveTimeout: patience.idle,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    // Whoever got through gets an answer.
    return503OnClosing: false,
    frameworkErrors: (_error, raw, reply) => respond(reply, requestOf(raw), unreadablePath(name, requestOf(raw))),
    routerOptions: {
      ignoreTrailingSlash: true,
      querystringParser: () => ({}),
      maxParamLength: HEADER_LIMIT,
    },
    clientErrorHandler: answerUnreadable,
    // No route tells Fastify a schema: ajv and the serializers are not loaded.
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    rewriteUrl(request) {
      dropMalformedType(request);
      const url = originForm(request.url ?? '/');
      return withoutTrailingSlash(name === 'admin' ? withAdminPrefix(url) : url);
    },
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const openCors = corsSettings.enabled ? new Cors(corsSettings, allow_unbounded_origins) : undefined;
  const handle = (endpoint: Endpoint<Server>, route: string, cors?: Cors, ofClient?: ClientOrigins) => {
    const answer = (request: Request) =>
      namesNothing(request.path) ? Promise.resolve(unreadablePath(name, request)) : settle(server, endpoint, request);
    return async (raw: FastifyRequest, reply: FastifyReply) => {
      const started = answers.hasSubscribers ? performance.now() : 0;
      const request = requestOf(raw);
      const answered = await (cors ? cors.answer(request, () => answer(request), ofClient) : answer(request));
      const sent = respond(reply, request, answered);
      if (started > 0) publish(name, route, request, answered, sent, started);
      return reply;
    };
  };
  const ofClients = new Set(routes.filter(({ method }) => method === 'OPTIONS').map(({ path }) => path));
  for (const { method, path, endpoint } of routes) {
    const ofClient = ofClients.has(path) ? (request: Request) => clientOrigins(server, request) : undefined;
    const isClosed = withoutCors !== undefined && path.startsWith(`${withoutCors}/`);
    fastify.route({
      method: method === 'GET' ? ['GET', 'HEAD'] : method,
      url: path.replaceAll(':', '::').replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: handle(endpoint, path, isClosed ? undefined : openCors, ofClient),
    });
  }
  const nowhere: Endpoint<Server> = (_server, request) =>
    name === 'admin' ? adminNowhere(fastify, request) : publicNowhere(request);
  fastify.setNotFoundHandler(handle(nowhere, '', openCors));
  if (withoutCors !== undefined) {
    const below = async (closed: FastifyInstance) => void closed.setNotFoundHandler(handle(nowhere, ''));
    fastify.register(below, { prefix: withoutCors });
  }
  fastify.setErrorHandler((error: { statusCode?: number }, raw, reply) => {
    const known = error.statusCode === 413 ? bodyTooLarge() : framingError(error);
    respond(reply, requestOf(raw), errorReply(toOAuthError(known, server.log)));
    return reply;
  });

  const sockets = openSockets(fastify);
  const address = await fastify.listen(
    host.startsWith('unix:') ? { path: host.slice('unix:'.length) } : { host, port },
  );
  const stopFollowing = tls
    ? followCertificate(fastify.server as HttpsServer, tls, (err) => server.log.error({ err }, NOT_RENEWED))
    : () => {};
  return {
    address,
    async close(patience) {
      stopFollowing();
      const timer = setTimeout(() => destroy(sockets), patience);
      // Node.js counts a connection on which nothing was asked yet as busy.
      destroy([...sockets].filter(({ bytesRead }) => bytesRead === 0));
      await fastify.close();
      clearTimeout(timer);
    },
  };
}

/** With TLS a connection is two of them, one within the other once they have shaken hands. */
function openSockets(fastify: FastifyInstance): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  const add = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  fastify.server.on('connection', add);
  fastify.server.on('secureConnection', add);
  return sockets;
}

function destroy(sockets: Iterable<Socket>): void {
  for (const socket of sockets) socket.destroy();
}

const NOT_RENEWED = 'the certificate was not renewed: the one before stays';

const publicNowhere = (request: Request): Reply => {
  const path = cleanPath(request.path);
  return path === undefined ? publicNotFound(request) : redirectToPath(path, request);
};

/** Hydra: an unclean path leads somewhere only where there is something. */
const adminNowhere = (fastify: FastifyInstance, request: Request): Reply => {
  const path = cleanPath(request.path);
  return path !== undefined && allowedMethods(fastify, path).length > 0
    ? redirectToPath(path, request)
    : adminNotFound(allowedMethods(fastify, request.path));
};

/** NUL, which no identifier holds, and not every database can look for. */
const namesNothing = (path: string): boolean => path.includes('%00');

/** A path that is not UTF-8 names nothing that we have. */
const unreadablePath = (name: 'public' | 'admin', request: Request): Reply =>
  name === 'admin' ? errorReply(new OAuthError('row_not_found')) : publicNotFound(request);

/** What Fastify itself refuses before an endpoint is asked. */
const framingError = (error: { statusCode?: number }): unknown =>
  error.statusCode !== undefined && error.statusCode < 500
    ? new OAuthError('invalid_request', 'The request could not be read.', { status: error.statusCode })
    : error;

async function settle<Server extends { readonly log: Parameters<typeof toOAuthError>[1] }>(
  server: Server,
  endpoint: Endpoint<Server>,
  request: Request,
): Promise<Reply> {
  try {
    return await endpoint(server, request);
  } catch (error) {
    return errorReply(toOAuthError(error, server.log));
  }
}

const NO_BODY = Buffer.alloc(0);

/** Of all listeners. */
const outbox = new Outbox();

function requestOf(raw: FastifyRequest): Request {
  const url = raw.raw.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: raw.method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    params: (raw.params ?? {}) as Request['params'],
    headers: raw.headers,
    remote_address: raw.raw.socket.remoteAddress ?? '',
    body: Buffer.isBuffer(raw.body) ? raw.body : NO_BODY,
  };
}

/** Hydra: what answers a GET is not to be kept, unless the endpoint says otherwise. */
const GET_CACHE_CONTROL = 'private, no-cache, no-store, must-revalidate';

/** Past Fastify, which would guess a content type where there is none to tell. Returns the bytes of the body. */
function send(reply: FastifyReply, request: Request, answered: Reply, isLast: boolean): number {
  reply.hijack();
  const { status, body, bytes } = answered;
  const hasBody = status !== 204 && status !== 304;
  const content = bytes ?? body;
  const length = hasBody ? Buffer.byteLength(content) : 0;
  const headers = headerLines(request, answered);
  if (hasBody) headers.push('content-length', length);
  if (isLast) headers.push('connection', 'close');
  reply.raw.writeHead(status, headers);
  outbox.end(reply.raw, hasBody && request.method !== 'HEAD' ? content : undefined);
  return length;
}

/** Name, value, name, value: what Node.js takes as it is. */
function headerLines({ method }: Request, { headers }: Reply): OutgoingHttpHeader[] {
  const lines: OutgoingHttpHeader[] = [];
  if (method === 'GET' && headers['cache-control'] === undefined) lines.push('cache-control', GET_CACHE_CONTROL);
  for (const name in headers) {
    const value = headers[name] ?? '';
    lines.push(name, name === 'location' ? inAscii(String(value)) : (value as OutgoingHttpHeader));
  }
  return lines;
}

/** RFC 9110 section 5.5: a header holds visible ASCII; what a registered URI has beyond it is escaped. */
const inAscii = (uri: string): string =>
  uri.replaceAll(/[^!-~]+/g, (characters) => encodeURIComponent(characters.toWellFormed()));

/** RFC 9112 section 3.2.2: a request may name the whole address; which host that is does not matter here. */
const originForm = (url: string): string =>
  url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/^(?!\/)/, '/');

/** Hydra: on the admin listener every path that does not begin with `/admin` is meant to. */
const withAdminPrefix = (url: string): string => (url.startsWith('/admin') ? url : `/admin${url}`);

/** Hydra: an escaped slash at the end of a path counts as one, and is not there. */
function withoutTrailingSlash(url: string): string {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  return /%2f$/i.test(path) ? `${path.slice(0, -3)}${url.slice(path.length)}` : url;
}

const METHODS = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] as const;

const allowedMethods = (fastify: FastifyInstance, path: string): string[] =>
  METHODS.filter((method) => fastify.findRoute({ method, url: path }) !== null);

function publish(
  listener: string,
  route: string,
  request: Request,
  { status }: Reply,
  sent: number,
  started: number,
): void {
  const { method, path, body } = request;
  const milliseconds = performance.now() - started;
  answers.publish({
    listener,
    method,
    path,
    route,
    status,
    milliseconds,
    received: body.length,
    sent,
  } satisfies Answer);
}
