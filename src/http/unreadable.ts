import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { http } from '../lib/node_http.ts';
import { OAuthError } from '../oauth/error.ts';
import { errorReply } from './error.ts';

const REASONS: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers or the address of the request are longer than this server accepts.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
};
const NOT_HTTP = [400, 'This is not a request of HTTP/1.1.'] as const;

/** Node.js keeps the answer that is next to go out under this name. */
type Line = Socket & { readonly _httpMessage?: ServerResponse | null };

/** More of what cannot be read changes nothing. */
const ending = new WeakSet<Socket>();

/** What never became a request still gets an answer, and the connection ends. */
export function answerUnreadable(error: Error & { readonly code?: string }, socket: Line): void {
  const isHandshake = error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT';
  if (error.code === 'ECONNRESET' || isHandshake || !socket.writable) return void socket.destroy();
  if (ending.has(socket)) return;
  ending.add(socket);
  const [status, reason] = REASONS[error.code ?? ''] ?? NOT_HTTP;
  endInTurn(socket, refusal(status, reason));
}

/** RFC 9112 section 9.3.2: first the answers to the requests that came before on the same connection. */
function endInTurn(socket: Line, text: string): void {
  const before = socket._httpMessage;
  if (before && !isStillReading(before)) before.once('close', () => endInTurn(socket, text));
  else socket.end(text);
}

/** Nobody answers a request before it is there as a whole, and this one will never be. */
const isStillReading = ({ req }: ServerResponse): boolean => !req.complete;

function refusal(status: number, reason: string): string {
  const { headers, body } = errorReply(new OAuthError('invalid_request', reason, { status }));
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' });
  return `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

/** RFC 9110 section 8.3: a content type that is none says nothing, and is no reason to refuse a request. */
export function dropMalformedType({ headers }: IncomingMessage): void {
  const type = headers['content-type'];
  if (type !== undefined && !/^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+ *(;|$)/.test(type))
    delete headers['content-type'];
}
