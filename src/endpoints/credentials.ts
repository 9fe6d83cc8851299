import Type, { type Static } from 'typebox';
import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { timeOf } from '../client_auth/assertion.ts';
import { jsonBody } from '../http/body.ts';
import { json, type Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import type { RouteSchema } from '../http/route.ts';
import { verifyProof } from '../keys/proof.ts';
import type { JsonObject } from '../lib/json.ts';
import { INTEGER, TEXTS } from '../lib/schema.ts';
import { OAuthError } from '../oauth/error.ts';
import { isNonceFor, mintNonce } from '../token/c_nonce.ts';
import { CREDENTIAL_FORMAT, mintCredential } from '../token/credential.ts';
import { openSession } from '../token/session.ts';
import { bearerToken, judgeBearer } from './bearer.ts';

const PROOF = Type.Object(
  { proof_type: Type.Optional(Type.String()), jwt: Type.Optional(Type.String()) },
  { $id: 'VerifiableCredentialProof' },
);
const BODY = Type.Object(
  { format: Type.Optional(Type.String()), types: Type.Optional(TEXTS), proof: Type.Optional(PROOF) },
  { $id: 'CreateVerifiableCredentialRequestBody' },
);

/** OpenID Connect UserInfo Verifiable Credentials, draft 00. Hydra: `types` is not looked at, nor is the scope. */
export async function createVerifiableCredential(server: AuthorizationServer, request: Request): Promise<Reply> {
  const row = await authenticate(server, bearerToken(request));
  const { format, proof } = readBody(request);
  if (format !== CREDENTIAL_FORMAT) throw refused(`The only 'format' is '${CREDENTIAL_FORMAT}'.`);
  if (!proof) return askForProof(server, row.hash);
  const holder = await verifyHolder(server, row.hash, proof);
  const approval = { subject: row.subject, session: openSession(server, row.session) };
  const credential_draft_00 = await mintCredential(server, approval, holder);
  return json(200, { format: CREDENTIAL_FORMAT, credential_draft_00 });
}

/** RFC 6750 section 3.1. Hydra: without a challenge in the header. */
async function authenticate(server: AuthorizationServer, token: string) {
  const bearer = await judgeBearer(server, token);
  if (typeof bearer !== 'string') return bearer;
  throw bearer === 'refresh_token' ? refused('Only access tokens are accepted here.') : new OAuthError(bearer);
}

function readBody(request: Request): Static<typeof BODY> {
  try {
    return jsonBody(request, BODY);
  } catch (error) {
    throw refused(`The body could not be read: ${error instanceof Error ? error.message : 'it is not JSON'}.`);
  }
}

/** Hydra: the format of this answer has another name. */
const askForProof = (server: AuthorizationServer, hash: Uint8Array): Reply =>
  json(400, {
    format: 'jwt_vc',
    ...mintNonce(server, hash),
    error: 'missing_proof',
    error_description: "The body needs a 'proof' that repeats this nonce.",
  });

/** The public key that the proof is about. Throws `invalid_request`. */
async function verifyHolder(
  server: AuthorizationServer,
  hash: Uint8Array,
  { proof_type, jwt = '' }: Static<typeof PROOF>,
): Promise<JsonObject> {
  if (proof_type !== 'jwt') throw refused("The only 'proof_type' is 'jwt'.");
  const proof = await verifyProof(jwt);
  if (!proof) throw refused("The proof is not a JSON Web Token that the public 'jwk' of its header verifies.");
  const { nonce, exp, nbf } = proof.claims;
  if (typeof nonce !== 'string' || !isNonceFor(server, hash, nonce)) {
    throw refused("The 'nonce' of the proof is not one for this access token, or has expired.");
  }
  const now = seconds(server);
  // RFC 7519 sections 4.1.4 and 4.1.5.
  if (exp !== undefined && (timeOf(exp) ?? 0) <= now) throw refused('The proof has expired.');
  if (nbf !== undefined && (timeOf(nbf) ?? Number.POSITIVE_INFINITY) > now)
    throw refused('The proof is not valid yet.');
  return proof.jwk;
}

const refused = (hint: string): OAuthError => new OAuthError('invalid_request', hint);

/** Also what any other mistake is answered with, so little is promised. */
const PRIMING = Type.Object(
  {
    format: Type.Optional(Type.String()),
    c_nonce: Type.Optional(Type.String()),
    c_nonce_expires_in: Type.Optional(INTEGER),
    error: Type.String(),
    error_description: Type.String(),
  },
  { $id: 'verifiableCredentialPrimingResponse' },
);

export const schemas = {
  createVerifiableCredential: {
    summary: 'Tie what is known of the person whom an access token stands for to a key of its holder.',
    security: ['oauth2'],
    body: BODY,
    responses: {
      200: Type.Object(
        { format: Type.String(), credential_draft_00: Type.String() },
        { $id: 'verifiableCredentialResponse' },
      ),
      400: PRIMING,
    },
  },
} satisfies Record<string, RouteSchema>;
