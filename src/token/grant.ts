import type { AuthorizationServer } from '../authorization_server.ts';
import type { Client } from '../client/client.ts';
import type { Parameters } from '../oauth/parameters.ts';
import type { Authorization, Repetition } from './authorization.ts';

export type GrantRequest = { readonly client: Client; readonly parameters: Parameters };

/** RFC 6749 section 4: proves what the client presents, and issues nothing. Throws the errors of section 5.2. */
export type Grant = (server: AuthorizationServer, request: GrantRequest) => Promise<Authorization | Repetition>;
