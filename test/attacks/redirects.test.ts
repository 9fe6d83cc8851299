import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { startDeployment } from '../e2e/deployment.ts';
import type { Deployment } from '../e2e/flow.ts';

const REGISTERED = [
  'https://app.example.com/cb',
  'http://127.0.0.1/native',
  'http://[::1]/native',
  'com.example.app:/cb',
];
const AFTER_LOGOUT = 'https://app.example.com/bye';
const ERROR_PAGE = 'https://apps.example.com/error';

/** Tricks with an address that is registered. None of what they make is registered. */
const TRICKS: Readonly<Record<string, (good: string) => readonly string[]>> = {
  'another host': ({ length }) => [
    'https://evil.example/cb',
    'https://evil.example/https://app.example.com/cb',
    `https://evil.example/?${'x'.repeat(length)}`,
    'https://example.com/cb',
    'https://app.example.com.evil.example/cb',
    'https://evilapp.example.com/cb',
    'https://app-example.com/cb',
    'https://app.example.comevil.example/cb',
  ],
  'the host as user': (good) =>
    ['app.example.com', 'app.example.com:443', 'app.example.com%2F', 'app.example.com%00', good].map(
      (user) => `https://${user}@evil.example/cb`,
    ),
  'a user at the host': (good) => [
    good.replace('://', '://user@'),
    good.replace('://', '://user:pass@'),
    good.replace('://', '://@'),
    good.replace('://', '://evil.example@'),
    good.replace('://', '://evil.example%23@'),
  ],
  'slashes of all kinds': (good) => [
    good.replace('://', ':/'),
    good.replace('://', ':///'),
    good.replace('://', ':\\\\'),
    good.replace('://', ':'),
    good.replace('://', '://\\'),
    good.replace(/\/cb$|\/native$/, '\\cb'),
    good.replace(/\/(cb|native)$/, '//$1'),
    good.replace(/\/(cb|native)$/, '/%2F$1'),
    '//app.example.com/cb',
    '\\\\app.example.com\\cb',
    '/\\evil.example/cb',
    '///evil.example/cb',
    '//evil.example/cb',
    '/cb',
    'cb',
  ],
  'control characters and blanks': (good) => [
    ...['\t', '\n', '\r', '\0', ' ', '\u00a0', '\u200b', '\ufeff', '\u2028'].flatMap((c) => [
      `${c}${good}`,
      `${good}${c}`,
      good.replace(':', `:${c}`),
      good.replace(/example|127/, (part) => `${part}${c}`),
    ]),
    `${good}%00`,
    `${good}%0d%0aLocation:%20https://evil.example`,
    `${good}\r\nLocation: https://evil.example`,
  ],
  'the path': (good) => [
    `${good}/`,
    `${good}/..`,
    `${good}/../cb`,
    `${good}/../../evil`,
    `${good}/%2e%2e/evil`,
    `${good};x`,
    `${good}.evil`,
    `${good}%2f`,
    good.replace(/cb$|native$/, './cb'),
    good.replace(/cb$|native$/, 'CB'),
    good.replace(/cb$|native$/, '%63b'),
    good.replace(/\/(cb|native)$/, ''),
    good.replace(/\/(cb|native)$/, '/'),
  ],
  'query and fragment': (good) => [
    `${good}?`,
    `${good}?next=https://evil.example`,
    `${good}?code=stolen`,
    `${good}#`,
    `${good}#https://evil.example`,
    `${good}?#`,
    `${good}&x=y`,
    `https://evil.example?${good}`,
    `https://evil.example#${good}`,
    `https://evil.example\\#${good}`,
  ],
  'scheme and port': (good) => [
    good.replace(/^\w+(?=:\/\/)/, 'ftp'),
    good.replace(/^https:/, 'http:'),
    good.replace(/^[a-z.]+:/, (scheme) => scheme.toUpperCase()),
    good.replace(/^/, 'view-source:'),
    good.replace(/^/, 'javascript:'),
    `javascript:alert(1)//${good}`,
    `data:text/html,${good}`,
    `vbscript:${good}`,
    `blob:${good}`,
    'https://app.example.com:443/cb',
    'https://app.example.com:444/cb',
    'https://app.example.com:0443/cb',
    'https://app.example.com:/cb',
    'https://app.example.com:evil/cb',
  ],
  'spellings of the host': () => [
    'https://APP.EXAMPLE.COM/cb',
    'https://app.example.com./cb',
    'https://app.example.com../cb',
    'https://.app.example.com/cb',
    'https://app%2eexample%2ecom/cb',
    'https://app.example%E3%80%82com/cb',
    'https://app\u3002example\u3002com/cb',
    'https://\u0430pp.example.com/cb',
    'https://app.ex\u00adample.com/cb',
    'https://\uff41pp.example.com/cb',
    'https://app.example.com\u2044evil.example/cb',
    'https://app.example.com%ff/cb',
    'https://[app.example.com]/cb',
  ],
  'RFC 8252 7.3, loopback': () => [
    'http://127.0.0.1.evil.example/native',
    'http://127.0.0.2/native',
    'http://127.1/native',
    'http://0x7f000001/native',
    'http://2130706433/native',
    'http://017700000001/native',
    'http://0.0.0.0/native',
    'http://[::]/native',
    'http://[::ffff:127.0.0.1]/native',
    'http://[0:0:0:0:0:0:0:2]/native',
    'http://localhost/native',
    'http://localhost:8080/native',
    'http://127.0.0.1:8080/other',
    'http://127.0.0.1:8080/native/',
    'http://127.0.0.1:8080/native?x=y',
    'http://127.0.0.1:8080/native#x',
    'http://127.0.0.1:99999/native',
    'http://127.0.0.1:8080@evil.example/native',
    'http://user@127.0.0.1:8080/native',
    'http://127.0.0.1:8080\\@evil.example/native',
    'https://127.0.0.1:8080/native',
  ],
};

const SHAPES = [...new Set(Object.values(TRICKS).flatMap((trick) => REGISTERED.flatMap((good) => trick(good))))].filter(
  (shape) => shape !== '' && !REGISTERED.includes(shape),
);

let deployment: Deployment;
let close: () => Promise<void>;

before(async () => {
  ({ deployment, close } = await startDeployment({ storage: 'memory' }));
  await deployment.createClient({ redirect_uris: REGISTERED, post_logout_redirect_uris: [AFTER_LOGOUT] });
});
after(() => close());

/** Without fetch, which would clean what is sent and what comes back. */
function locationOf(path: string): Promise<{ status: number; location: string | undefined }> {
  const { hostname, port } = new URL(deployment.publicOrigin);
  return new Promise((resolve, reject) => {
    httpRequest({ hostname, port, path }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, location: response.headers.location });
    })
      .on('error', reject)
      .end();
  });
}

describe(`RFC 9700 4.11: open redirects (${SHAPES.length} shapes)`, () => {
  it('there are at least 200', () => assert.ok(SHAPES.length >= 200, String(SHAPES.length)));

  it('what is registered is answered, on any port of a loopback address', async () => {
    for (const redirect_uri of [...REGISTERED, 'http://127.0.0.1:51004/native', 'http://[::1]:51004/native']) {
      const { location } = await locationOf(deployment.authorizeUrl({ redirect_uri, prompt: 'none' }));
      assert.ok(location?.startsWith(`${redirect_uri}?error=login_required`), `${redirect_uri}: ${location}`);
    }
  });

  for (const shape of SHAPES) {
    it(`${JSON.stringify(shape)} is no redirect URI`, async () => {
      for (const parameters of [{}, { prompt: 'none' }, { scope: 'never' }, { response_mode: 'fragment' }]) {
        const { status, location } = await locationOf(
          deployment.authorizeUrl({ redirect_uri: shape, ...parameters } as Record<string, string>),
        );
        assert.equal(status, 302);
        assert.ok(location?.startsWith(`${ERROR_PAGE}?error=`), String(location));
      }
    });
  }
});

describe('Redirect URIs that a client registers', () => {
  for (const uri of [
    'https://app.example.com/\r\nset-cookie:x=y',
    'https://app.example.com/\tcb',
    'https://a.example/\x7f',
  ]) {
    it(`${JSON.stringify(uri)} is refused`, async () => {
      const { status } = await deployment.admin('POST', '/admin/clients', { redirect_uris: [uri] });
      assert.equal(status, 400);
    });
  }

  it('RFC 9110 5.5: are written in ASCII into a header', async () => {
    const redirect_uri = 'https://b\u00fccher.example/\u4f8b cb?\u20ac';
    await deployment.createClient({ client_id: 'idn', redirect_uris: [redirect_uri] });
    const { status, location } = await locationOf(
      deployment.authorizeUrl({ client_id: 'idn', redirect_uri, prompt: 'none' }),
    );
    assert.equal(status, 303);
    assert.ok(
      location?.startsWith('https://b%C3%BCcher.example/%E4%BE%8B%20cb?error=login_required'),
      String(location),
    );
  });
});

describe('OpenID Connect RP-Initiated Logout 3: open redirects', () => {
  const shapes = SHAPES.map((shape) => shape.replaceAll(/(cb|native)/g, 'bye')).filter(
    (shape) => shape !== AFTER_LOGOUT,
  );

  it(`none of ${shapes.length} shapes is where a logout ends`, async () => {
    const { id_token } = (await deployment.login()) as unknown as Record<string, string>;
    for (const shape of shapes) {
      for (const id_token_hint of ['', String(id_token)]) {
        const query = new URLSearchParams({ id_token_hint, post_logout_redirect_uri: shape });
        const { location } = await locationOf(`/oauth2/sessions/logout?${query}`);
        assert.ok(location?.startsWith(`${ERROR_PAGE}?error=`), `${JSON.stringify(shape)}: ${location}`);
      }
    }
  });
});

describe('Paths that are cleaned', () => {
  const hosts = [
    'evil.example',
    '%65vil.example',
    '\\evil.example',
    '%5cevil.example',
    '%09/evil.example',
    '%0d%0aevil:x',
  ];
  const paths = hosts.flatMap((host) =>
    ['//', '///', '/.//', '/..//', '/x/..//', '/%2e%2e//', '/oauth2/../../', '/./%2F/', '//%2e/', '/%5c%2e%2e//'].map(
      (prefix) => `${prefix}${host}`,
    ),
  );

  for (const path of paths) {
    it(`${JSON.stringify(path)} stays on this host`, async () => {
      for (const suffix of ['', '/', '/..', '/%2e%2e/x', '?x=//evil.example']) {
        const { location } = await locationOf(`${path}${suffix}`);
        if (location === undefined) continue;
        assert.match(location, /^\/(?![/\\])[\x21-\x7e]*$/);
        assert.equal(new URL(location, deployment.publicOrigin).origin, new URL(deployment.publicOrigin).origin);
        assert.ok(!location.includes('\\'));
      }
    });
  }
});
