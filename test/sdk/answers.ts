const NO_ROW = '404 Unable to locate the resource';
const NO_CHALLENGE = '404 Not Found';
const MALFORMED = '400 The request was malformed or contained invalid parameters';
const TAKEN = '409 Unable to insert or update resource because a resource with that value exists already';

/**
 * What a package of another language has to meet, operation by operation: the status for which one calls it, and the
 * errors that its users run into.
 */
export const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  createOAuth2Client: ['201', TAKEN],
  getOAuth2Client: ['200', NO_ROW],
  listOAuth2Clients: ['200', MALFORMED],
  setOAuth2Client: ['200', NO_ROW],
  patchOAuth2Client: ['200', MALFORMED],
  setOAuth2ClientLifespans: ['200', NO_ROW],
  deleteOAuth2Client: ['204', NO_ROW],

  getOAuth2LoginRequest: ['200', NO_CHALLENGE],
  acceptOAuth2LoginRequest: ['200', NO_CHALLENGE],
  rejectOAuth2LoginRequest: ['200', NO_CHALLENGE],
  getOAuth2ConsentRequest: ['200', NO_CHALLENGE],
  acceptOAuth2ConsentRequest: ['200', NO_CHALLENGE],
  rejectOAuth2ConsentRequest: ['200', NO_CHALLENGE],
  getOAuth2LogoutRequest: ['200', NO_ROW],
  acceptOAuth2LogoutRequest: ['200', NO_ROW],
  rejectOAuth2LogoutRequest: ['204', NO_CHALLENGE],
  acceptUserCodeRequest: ['200', '400 invalid_request'],

  listOAuth2ConsentSessions: ['200', '400 invalid_request'],
  revokeOAuth2ConsentSessions: ['204', '400 invalid_request'],
  revokeOAuth2LoginSessions: ['204', '400 invalid_request'],

  oAuth2Authorize: ['302'],
  revokeOidcSession: ['302'],
  performOAuth2DeviceVerificationFlow: ['302'],
  // The packages have no parameter for the client that it needs.
  oAuth2DeviceFlow: ['400 invalid_request'],
  oauth2TokenExchange: ['200', '400 invalid_grant'],
  introspectOAuth2Token: ['200'],
  revokeOAuth2Token: ['200', '401 invalid_client'],
  deleteOAuth2Token: ['204', '400 invalid_request'],
  getOidcUserInfo: ['200', '401 request_unauthorized'],
  // A proof needs a signature: the walks in TypeScript make one.
  createVerifiableCredential: ['401 request_unauthorized'],

  trustOAuth2JwtGrantIssuer: ['201', '400 missing_required_parameter'],
  getTrustedOAuth2JwtGrantIssuer: ['200', NO_ROW],
  listTrustedOAuth2JwtGrantIssuers: ['200', MALFORMED],
  deleteTrustedOAuth2JwtGrantIssuer: ['204', NO_ROW],

  createJsonWebKeySet: ['201', '400 Bad Request'],
  getJsonWebKeySet: ['200', NO_CHALLENGE],
  setJsonWebKeySet: ['200', MALFORMED],
  deleteJsonWebKeySet: ['204'],
  getJsonWebKey: ['200', NO_ROW],
  setJsonWebKey: ['200', MALFORMED],
  deleteJsonWebKey: ['204'],

  createOidcDynamicClient: ['201', '400 invalid_redirect_uri'],
  getOidcDynamicClient: ['200', '401 The request could not be authorized'],
  setOidcDynamicClient: ['200', '401 The request could not be authorized'],
  deleteOidcDynamicClient: ['204', '401 The request could not be authorized'],

  discoverOidcConfiguration: ['200'],
  discoverJsonWebKeys: ['200'],
  isAlive: ['200'],
  isReady: ['200'],
  getVersion: ['200'],
};
