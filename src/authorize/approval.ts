import type { AuthorizationServer } from '../authorization_server.ts';
import type { Client } from '../client/client.ts';
import type { NewToken } from '../store/tokens.ts';
import type { Session } from '../token/authorization.ts';
import type { AuthorizationRequest } from './request.ts';

/** What a person has granted to a client. */
export type Approval = {
  readonly client: Client;
  readonly subject: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly request_id: string;
  readonly session: Session;
};

/** What goes to the client, and the rows that make it good. Minted, not stored yet. */
export type AuthorizationResponse = {
  readonly parameters: Readonly<Record<string, string>>;
  readonly tokens: NewToken[];
};

export type ResponseType = (
  server: AuthorizationServer,
  request: AuthorizationRequest,
  approval: Approval,
) => AuthorizationResponse;
