import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { openHydraSession } from '../../src/flow/hydra_cookie.ts';
import { cookieOver, gobOf, sessionCookie } from '../hydra_import/formats.ts';

const NAME = 'ory_hydra_session_dev';
const SID = '0b5a9a3e-5f0c-4a53-9d1e-2f3c4d5e6f70';
const COOKIE_SECRET = 'gatehouse-recording-cookie-0001';
const SYSTEM_SECRET = 'gatehouse-recording-secret-0001';

/** Made with gorilla/sessions v1.4.0 and Go 1.26: a store with these secrets, `Values["sid"]`, `Save`. */
const WITH_COOKIE_SECRET =
  'MTc5NTgxMjYxNHx5V2JxLTU3cDlUSGtVNnAwWDdMbXhPRTc0R29pa1Y4dkd1Qmd2ZFc1QnZIVmZOQUE5eVNBTWo3OTVlMmc5SElDcEI2QUxEWUg0TWk3bUdKS3BsTTJLVjZscEJfMEVkQnl6Sk9leUd5aXpGNVlMXzVUckIwV1Fzb1lMaTR4cEJYMXy0IVz04JqhjMdwyd6eEre499aWdB1K3cdyFvQxRFwfgQ==';
const WITH_SYSTEM_SECRET =
  'MTc5NTgxMjYxNHxWNmd0MGhPN184RGo3VW9xTFJfUHBNQ0NrWHRrU1NDNDUydVZpV2lScGNRYUUtQklIcmhlVUJpRm1PdlBoLVZhSzhKeXloWDhVeThtQ2gzQ3dMdVFybWNEaFRYdzExOEZ1aUQ1NVVIQ1VIQy1mUXdXR1BWbTJxcnlXcHZ0WXMycXy4sb98KFZ5BhARmow6Rnk6BUCTimABuxgzIEui1zGIPQ==';

describe('the session cookie of the reference', () => {
  it('made by the library that the reference uses is read, with either kind of secret', () => {
    assert.equal(openHydraSession([COOKIE_SECRET], NAME, WITH_COOKIE_SECRET), SID);
    assert.equal(openHydraSession([SYSTEM_SECRET], NAME, WITH_SYSTEM_SECRET), SID);
    assert.equal(openHydraSession(['the-secret-after-a-rotation', COOKIE_SECRET], NAME, WITH_COOKIE_SECRET), SID);
  });

  it('made with a definition of types as older versions of Go write it is read', () => {
    assert.equal(openHydraSession([COOKIE_SECRET], NAME, sessionCookie(Buffer.from(COOKIE_SECRET), NAME, SID)), SID);
    const hashed = createHash('sha256').update(SYSTEM_SECRET).digest();
    assert.equal(openHydraSession([SYSTEM_SECRET], NAME, sessionCookie(hashed, NAME, SID)), SID);
  });

  it('under another secret or another name, or changed in any byte, is none', () => {
    assert.equal(openHydraSession([SYSTEM_SECRET], NAME, WITH_COOKIE_SECRET), undefined);
    assert.equal(openHydraSession([], NAME, WITH_COOKIE_SECRET), undefined);
    assert.equal(openHydraSession([COOKIE_SECRET], 'ory_hydra_session', WITH_COOKIE_SECRET), undefined);
    const bytes = Buffer.from(WITH_COOKIE_SECRET, 'base64');
    for (const at of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(openHydraSession([COOKIE_SECRET], NAME, changed.toString('base64url')), undefined, `byte ${at}`);
    }
  });

  it('over what is no map with a session is none', () => {
    const key = Buffer.from(COOKIE_SECRET);
    const read = (content: Buffer) => openHydraSession([COOKIE_SECRET], NAME, cookieOver(key, NAME, content));
    const gob = gobOf({ other: 'value', sid: SID });
    assert.equal(read(gob), SID);
    for (let length = 0; length < gob.length; length += 1) assert.equal(read(gob.subarray(0, length)), undefined);
    assert.equal(read(gobOf({ other: 'value' })), undefined);
  });

  it('cut short or empty is none', () => {
    for (let length = 0; length < WITH_COOKIE_SECRET.length - 3; length += 1) {
      assert.equal(openHydraSession([COOKIE_SECRET], NAME, WITH_COOKIE_SECRET.slice(0, length)), undefined);
    }
  });
});
