import { Agent, request as httpRequest } from 'node:http';
import { bodyOf, type Message, urlOf } from './message.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** Milliseconds that an answer may take. */
const PATIENCE = 30_000;

/** Bytes: a redirect repeats the state, and of a posted request that may be as long as a body. */
const HEADER_LIMIT = 4 * 1024 * 1024;

/** Connections that are used again. */
export class Line {
  readonly #agent = new Agent({ keepAlive: true });

  /** Rejects where there is no answer in time. */
  send(origin: string, message: Message): Promise<Answer> {
    const { hostname, port } = new URL(origin);
    const body = bodyOf(message);
    const headers: Record<string, string> = {
      ...Object.fromEntries(message.pairs.header),
      'content-length': `${body.length}`,
    };
    return new Promise((resolve, reject) => {
      const path = urlOf(message);
      const sent = httpRequest(
        {
          agent: this.#agent,
          hostname,
          port,
          method: message.method,
          path,
          headers,
          maxHeaderSize: HEADER_LIMIT,
          signal: AbortSignal.timeout(PATIENCE),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** `400 invalid_request`, `302 access_denied`, `200`: the status, and the error that the answer tells whoever is to read it. */
export function outcomeOf({ status, headers, body }: Answer): string {
  const inBody = toldInBody(headers, body);
  if (inBody !== undefined) return `${status} ${inBody}`;
  const inLocation = toldInLocation(headers.location);
  // Which redirect it is depends on where it leads.
  return inLocation === undefined ? `${status}` : `302 ${inLocation}`;
}

function toldInBody(headers: Answer['headers'], body: string): string | undefined {
  if (!String(headers['content-type']).startsWith('application/json')) return undefined;
  const { error } = (JSON.parse(body) ?? {}) as { error?: unknown };
  return typeof error === 'string' ? error : undefined;
}

function toldInLocation(location: unknown): string | undefined {
  const url = URL.parse(String(location ?? ''), 'http://somewhere.test');
  const told = url?.searchParams.get('error') ?? new URLSearchParams(url?.hash.slice(1)).get('error');
  return location === undefined ? undefined : (told ?? undefined);
}
