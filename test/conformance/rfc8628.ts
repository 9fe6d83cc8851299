import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const rfc8628: Specification = {
  name: 'RFC 8628',
  title: 'OAuth 2.0 Device Authorization Grant',
  url: 'https://www.rfc-editor.org/rfc/rfc8628',
  rows: [
    ['3.1', 'MUST', 'the client authenticates at this endpoint as at the token endpoint', 'e2e/device.test.ts > 3.1: is for registered clients that ask for what they may have'],
    ['3.1', 'MUST', 'a client that does not authenticate sends its client_id', 'e2e/device.test.ts > 3.1: is for registered clients that ask for what they may have'],
    ['3.1', 'MUST NOT', 'a parameter is repeated', 'deviates: the first one counts, as everywhere (public_protocol.md 1.3)'],
    ['3.1', 'MUST', 'parameters without a value are as good as absent', 'e2e/user_codes.test.ts > RFC 8628 3.1: takes an empty parameter for none'],
    ['3.2', 'MUST', 'the answer holds device_code, user_code, verification_uri and expires_in', 'e2e/device.test.ts > 3.2, 3.5: a device waits, is approved in a browser, and redeems once'],
    ['3.3', 'MUST', 'the person is told which client wants what, and may refuse', 'account_experience/device.test.ts > 3.3: a person who refuses gets a page, and an app gets JSON'],
    ['3.3', 'SHOULD', 'the person is asked to make sure that they hold the device', 'account_experience/device.test.ts > 3.3: asks for the code, and to have the device at hand'],
    ['3.3.1', 'SHOULD', 'the code of the link is shown, so that the person can compare it', 'account_experience/device.test.ts > 3.3.1: shows the code of the link, and waits until the person says that it is theirs'],
    ['3.4', 'MUST', 'the client authenticates, and is the one that the code was issued to', 'e2e/device.test.ts > belongs to its client, and to what the person granted'],
    ['3.5', 'MUST', 'each slow_down adds five seconds to the interval', 'e2e/user_codes.test.ts > 3.5: too fast is answered with slow_down, and each time with five seconds more'],
    ['3.5', 'MUST', 'a device that is told to slow down and does is answered', 'e2e/device_client.test.ts > 3.5: slows down when it is told to, and then is in time'],
    ['3.5', 'MUST', 'authorization_pending while the person has not finished', 'e2e/device_client.test.ts > 3.4: at the interval that it was given, until the person has approved'],
    ['3.5', 'MUST', 'expired_token when the code has expired', 'e2e/device.test.ts > 3.5: a code expires, approved or not'],
    ['3.5', 'MUST', 'access_denied when the person refused', "deviates: the device waits until its code expires, as the person may try again, unless gatehouse.device_authorization.tell_denial is set (recorded 'device: device consent rejected')"],
    ['5.1', 'SHOULD', 'guesses of user codes are limited', 'e2e/user_codes.test.ts > 5.1: end after ten wrong ones in one visit, with the time to wait, and begin again after it'],
    ['5.2', 'MUST', 'device codes cannot be guessed', 'keys/opaque_token.test.ts > RFC 6749 10.10: hold 208 random bits after the time, never the same'],
    ['6.1', 'SHOULD', 'user codes hold no characters that look alike', 'e2e/user_codes.test.ts > RFC 8628 6.1: user codes have no two characters that look like each other'],
    ['6.1', 'SHOULD', 'a code is understood whatever its case, and with punctuation', 'account_experience/device.test.ts > 6.1: understands the code with spaces, with dashes and in the wrong case'],
  ],
};
