import { randomBytes } from 'node:crypto';
import type { ClientRow } from '../../src/store/clients.ts';
import type { NewConsent } from '../../src/store/consents.ts';
import type { LoginSessionRow } from '../../src/store/login_sessions.ts';
import type { NewToken } from '../../src/store/tokens.ts';

/** Rows as a test needs them: valid, and different where asked. */
export const clientRow = (client_id: string, values: Partial<ClientRow> = {}): ClientRow => ({
  client_id,
  client_name: '',
  owner: '',
  document: '{}',
  ...values,
});

export const tokenRow = (values: Partial<NewToken> = {}): NewToken & { hash: Uint8Array } => ({
  hash: randomBytes(32),
  kind: 'access_token',
  request_id: 'chain-1',
  client_id: 'app',
  subject: 'user-1',
  scope: 'openid',
  audience: '[]',
  issued_at: 1_000,
  expires_at: 2_000,
  used_at: null,
  uses: 0,
  partner: null,
  successor: null,
  session: Buffer.from('sealed'),
  ...values,
});

export const consentRow = (flow_id: string, values: Partial<NewConsent> = {}): NewConsent => ({
  flow_id,
  consent_request_id: `request-of-${flow_id}`,
  client_id: 'app',
  subject: 'user-1',
  login_session_id: 'no-such-session',
  granted_scope: 'openid',
  granted_audience: '[]',
  requested_at: 1_000,
  handled_at: 1_001,
  skip: 0,
  remember: 1,
  remember_for: 0,
  remembered_until: null,
  expires_at: null,
  details: Buffer.from('sealed'),
  ...values,
});

export const sessionRow = (sid: string, values: Partial<LoginSessionRow> = {}): LoginSessionRow => ({
  sid,
  subject: 'user-1',
  authenticated_at: 1_000,
  expires_at: 2_000,
  remember: 1,
  identity_provider_session_id: '',
  ...values,
});
