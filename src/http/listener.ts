import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { OAuthError } from '../oauth/error.ts';
import { errorReply, toOAuthError } from './error.ts';
import { adminNotFound, bodyTooLarge, publicNotFound } from './not_found.ts';
import type { Reply } from './reply.ts';
import type { Request } from './request.ts';
import type { Endpoint, Route } from './route.ts';

/** Hears of every answer: `{ listener, method, path, status, milliseconds }`. Subscribers live in telemetry/. */
const answers = channel('gatehouse:answer');

export type ListenerSettings = {
  readonly name: 'public' | 'admin';
  readonly host: string;
  readonly port: number;
};

export type Listener = {
  /** Where it listens, with the port that port 0 became. */
  readonly address: string;
  /** Lets running requests finish, but not for longer than `patience` milliseconds. */
  close(patience: number): Promise<void>;
};

const BODY_LIMIT = 1024 * 1024;
/** Challenges travel in URLs, and so do whole authorization requests. */
const HEADER_LIMIT = 64 * 1024;

/** Fastify routes and reads; what is said is decided by the endpoints. */
export async function listen<Server extends { readonly log: Parameters<typeof toOAuthError>[1] }>(
  server: Server,
  routes: readonly Route<Server>[],
  { name, host, port }: ListenerSettings,
): Promise<Listener> {
  const fastify = Fastify({
    bodyLimit: BODY_LIMIT,
    http: { maxHeaderSize: HEADER_LIMIT },
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (_error, raw, reply) => send(reply, requestOf(raw), unreadablePath(name, requestOf(raw))),
    routerOptions: {
      ignoreTrailingSlash: true,
      querystringParser: () => ({}),
      maxParamLength: HEADER_LIMIT,
    },
    ...(name === 'admin' ? { rewriteUrl: withAdminPrefix } : {}),
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const handle = (endpoint: Endpoint<Server>) => async (raw: FastifyRequest, reply: FastifyReply) => {
    const started = answers.hasSubscribers ? performance.now() : 0;
    const request = requestOf(raw);
    const answer = await settle(server, endpoint, request);
    send(reply, request, answer);
    if (started > 0) publish(name, request, answer, started);
    return reply;
  };
  for (const { method, path, endpoint } of routes) {
    const url = path.replaceAll(/\{(\w+)\}/g, ':$1');
    fastify.route({ method: method === 'GET' ? ['GET', 'HEAD'] : method, url, handler: handle(endpoint) });
  }
  fastify.setNotFoundHandler(
    handle((_server, request) =>
      name === 'admin' ? adminNotFound(allowedMethods(fastify, request.path)) : publicNotFound(request),
    ),
  );
  fastify.setErrorHandler((error: { statusCode?: number }, raw, reply) => {
    const known = error.statusCode === 413 ? bodyTooLarge() : framingError(error);
    send(reply, requestOf(raw), errorReply(toOAuthError(known, server.log)));
    return reply;
  });

  const address = await fastify.listen(
    host.startsWith('unix:') ? { path: host.slice('unix:'.length) } : { host, port },
  );
  return {
    address,
    async close(patience) {
      const timer = setTimeout(() => fastify.server.closeAllConnections(), patience);
      await fastify.close();
      clearTimeout(timer);
    },
  };
}

/** A path that is not UTF-8 names nothing that we have. */
const unreadablePath = (name: ListenerSettings['name'], request: Request): Reply =>
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

function requestOf(raw: FastifyRequest): Request {
  const url = raw.raw.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: raw.method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    params: (raw.params ?? {}) as Request['params'],
    headers: raw.headers,
    body: Buffer.isBuffer(raw.body) ? raw.body : NO_BODY,
  };
}

/** Hydra: what answers a GET is not to be kept, unless the endpoint says otherwise. */
const GET_CACHE_CONTROL = 'private, no-cache, no-store, must-revalidate';

/** Past Fastify, which would guess a content type where there is none to tell. */
function send(reply: FastifyReply, request: Request, { status, headers, body }: Reply): void {
  reply.hijack();
  const hasBody = status !== 204 && status !== 304;
  reply.raw.writeHead(status, {
    ...(request.method === 'GET' ? { 'cache-control': GET_CACHE_CONTROL } : {}),
    ...(headers as OutgoingHttpHeaders),
    ...(hasBody ? { 'content-length': Buffer.byteLength(body) } : {}),
  });
  reply.raw.end(hasBody && request.method !== 'HEAD' ? body : undefined);
}

/** Hydra: on the admin listener every path that does not begin with `/admin` is meant to. */
const withAdminPrefix = ({ url = '/' }: IncomingMessage): string => (url.startsWith('/admin') ? url : `/admin${url}`);

const METHODS = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] as const;

const allowedMethods = (fastify: FastifyInstance, path: string): string[] =>
  METHODS.filter((method) => fastify.findRoute({ method, url: path }) !== null);

function publish(listener: string, { method, path }: Request, { status }: Reply, started: number): void {
  answers.publish({ listener, method, path, status, milliseconds: performance.now() - started });
}
