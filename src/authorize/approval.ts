import type { Client } from '../client/client.ts';
import type { Session } from '../token/authorization.ts';

/** What a person has granted to a client. */
export type Approval = {
  readonly client: Client;
  readonly subject: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly request_id: string;
  readonly session: Session;
};

/** OAuth 2.0 Multiple Response Types section 3. */
export type ResponseType = {
  /** What the answer to the client holds. */
  readonly carries: readonly ('code' | 'access_token' | 'id_token')[];
  /** What the client has to be registered for. */
  readonly grant_types: readonly string[];
  /** Whether a request has to have one. Absent for the two types of RFC 6749, which know no nonce. */
  readonly nonce?: 'required' | 'optional';
};
