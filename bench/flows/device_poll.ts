import { expectStatus } from '../wire/connection.ts';
import { form } from '../wire/message.ts';
import type { Flow } from './flow.ts';

/** Of a lane, asked in turn. */
const DEVICES = 50;

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** RFC 8628 section 3.5: nobody has approved them yet, and that they ask too often is an answer like another. */
export const device_poll: Flow = async ({ open, credentials }) => {
  const { client_id } = credentials;
  const codes: string[] = [];
  while (codes.length < DEVICES) {
    const answer = await open.send(form('/oauth2/device/auth', { client_id, scope: 'read' }, credentials));
    codes.push((JSON.parse(expectStatus(answer, 200, 'A device').body) as { device_code: string }).device_code);
  }
  let at = 0;
  return async () => {
    at = (at + 1) % codes.length;
    const message = form('/oauth2/token', { grant_type: DEVICE_CODE, device_code: codes[at] ?? '' }, credentials);
    const { status, body } = await open.send(message);
    const { error } = JSON.parse(body) as { error?: string };
    if (status === 400 && (error === 'authorization_pending' || error === 'slow_down')) return true;
    throw new Error(`A poll was answered ${status}: ${body}`);
  };
};
