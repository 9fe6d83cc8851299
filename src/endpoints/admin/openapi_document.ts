import { readFile } from 'node:fs/promises';
import Type from 'typebox';
import type { AuthorizationServer } from '../../authorization_server.ts';
import { answerWith, type PublicDocument, publicDocument } from '../../http/public_document.ts';
import type { Reply } from '../../http/reply.ts';
import type { Request } from '../../http/request.ts';
import type { RouteSchema } from '../../http/route.ts';

let document: Promise<PublicDocument> | undefined;

/** The description of both listeners, as it is checked in. */
export async function getOpenApiDocument(_server: AuthorizationServer, request: Request): Promise<Reply> {
  document ??= readFile(new URL('../../../openapi.json', import.meta.url), 'utf8').then((text) =>
    publicDocument(JSON.parse(text)),
  );
  return answerWith(await document, request);
}

export const schemas = {
  getOpenApiDocument: {
    summary: 'Show this document.',
    responses: { 200: Type.Record(Type.String(), Type.Unknown()), 304: null },
  },
} satisfies Record<string, RouteSchema>;
