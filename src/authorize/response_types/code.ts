import { seconds } from '../../authorization_server.ts';
import type { CodeSession } from '../../token/code.ts';
import { sealSession } from '../../token/session.ts';
import type { ResponseType } from '../approval.ts';

/** RFC 6749 section 4.1.2. Hydra: the granted scope travels with the code. */
export const code: ResponseType = (
  server,
  { parameters },
  { client, subject, scope, audience, request_id, session },
) => {
  const issued_at = seconds(server);
  const { token, hash } = server.keys.opaque.mint('authorization_code');
  const redirect_uri = parameters.get('redirect_uri');
  const code_challenge = parameters.get('code_challenge');
  const remembered: CodeSession = {
    ...session,
    ...(redirect_uri === '' ? {} : { redirect_uri }),
    ...(code_challenge === '' ? {} : { code_challenge }),
  };
  return {
    parameters: { code: token, scope: scope.join(' ') },
    tokens: [
      {
        hash,
        kind: 'authorization_code',
        request_id,
        client_id: client.client_id,
        subject,
        scope: scope.join(' '),
        audience: JSON.stringify(audience),
        issued_at,
        expires_at: Math.ceil(issued_at + server.config.ttl.auth_code),
        used_at: null,
        uses: 0,
        partner: null,
        successor: null,
        session: sealSession(server, remembered),
      },
    ],
  };
};
