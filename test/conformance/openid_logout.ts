import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const openid_rp_initiated_logout: Specification = {
  name: 'OpenID Connect RP-Initiated Logout',
  title: 'OpenID Connect RP-Initiated Logout 1.0',
  url: 'https://openid.net/specs/openid-connect-rpinitiated-1_0.html',
  rows: [
    ['2', 'MUST', 'an id_token_hint is accepted though it has expired', 'e2e/logout.test.ts > 2: ends the session, in whatever browser, and leads back with the state'],
    ['2', 'SHOULD', 'the person is asked whether they want to log out', 'e2e/relying_parties.test.ts > OpenID Connect RP-Initiated Logout 2: that the person does not want leaves both as they are'],
    ['2', 'MUST', 'the person is asked where nothing shows who wants the logout', 'account_experience/logout.test.ts > lets people who came by themselves sign out, to a page that says so'],
    ['2', 'MUST', 'the other applications of the session are told', 'e2e/relying_parties.test.ts > OpenID Connect Back-Channel Logout 2.4, 2.5, 2.6: at one application ends the other by a token'],
    ['3', 'MUST NOT', 'the browser is sent to an address that is not registered', 'e2e/logout.test.ts > 4: refuses hints that are not ours, and addresses that are not registered'],
    ['3', 'MUST', 'the state comes back with the browser', 'account_experience/logout.test.ts > RP-Initiated Logout 2: asks the person, in the name of the client, and goes back to it with the state'],
    ['4', 'MUST', 'the issuer of the hint is this server', 'e2e/logout.test.ts > 4: refuses hints that are not ours, and addresses that are not registered'],
  ],
};

// biome-ignore format: a row is a line
export const openid_front_channel_logout: Specification = {
  name: 'OpenID Connect Front-Channel Logout',
  title: 'OpenID Connect Front-Channel Logout 1.0',
  url: 'https://openid.net/specs/openid-connect-frontchannel-1_0.html',
  rows: [
    ['2', 'MUST', 'iss and sid come together, where the client wants the session', 'e2e/logout.test.ts > 3: loads the page of every client in a frame, with issuer and session, under a policy that allows nothing else'],
    ['3', 'MUST', 'the page of each client of the session is loaded in a frame', 'e2e/relying_parties.test.ts > OpenID Connect Front-Channel Logout 2, 3: at one application ends the other in a frame'],
  ],
};

// biome-ignore format: a row is a line
export const openid_back_channel_logout: Specification = {
  name: 'OpenID Connect Back-Channel Logout',
  title: 'OpenID Connect Back-Channel Logout 1.0',
  url: 'https://openid.net/specs/openid-connect-backchannel-1_0.html',
  rows: [
    ['2.4', 'MUST', 'a logout token has iss, aud, iat, exp, jti and events', 'e2e/back_channel.test.ts > 2.4, 2.6: is a signed JWT of its own type, for one client, one session and two minutes'],
    ['2.4', 'MUST', 'a logout token has sub or sid', 'e2e/back_channel.test.ts > 2.4, 2.6: is a signed JWT of its own type, for one client, one session and two minutes'],
    ['2.4', 'MUST NOT', 'a logout token has a nonce', 'e2e/back_channel.test.ts > 2.4, 2.6: is a signed JWT of its own type, for one client, one session and two minutes'],
    ['2.4', 'MUST', 'a logout token is signed, with the key of ID tokens', 'e2e/relying_parties.test.ts > OpenID Connect Back-Channel Logout 2.4, 2.5, 2.6: at one application ends the other by a token'],
    ['2.4', 'SHOULD', 'the type of a logout token is its own', 'e2e/back_channel.test.ts > 2.4, 2.6: is a signed JWT of its own type, for one client, one session and two minutes'],
    ['2.4', 'SHOULD', 'a logout token is good for two minutes at most', 'e2e/back_channel.test.ts > 2.4, 2.6: is a signed JWT of its own type, for one client, one session and two minutes'],
    ['2.5', 'MUST', 'every client of the session that wants to know is told, by a POST with the parameter logout_token', 'e2e/back_channel.test.ts > goes to sixteen clients at once, and to the others after them'],
    ['2.5', 'SHOULD', 'clients are told at the same time, and none waits for another', 'e2e/back_channel.test.ts > to a client that hangs delays no other client, nor the person, and takes two connections'],
  ],
};
