import { type Answer, expectStatus } from '../wire/connection.ts';
import { form, get, json } from '../wire/message.ts';
import type { Cast } from './flow.ts';

export type Tokens = { readonly access_token: string; readonly refresh_token: string; readonly id_token: string };

export const REDIRECT_URI = 'https://app.example.com/cb';

/** What a browser keeps. */
export type Cookies = Map<string, string>;

async function visit({ open }: Cast, url: string, cookies: Cookies): Promise<URL> {
  const { pathname, search } = new URL(url, 'https://issuer.example.com');
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await open.send(get(pathname + search, cookie === '' ? {} : { Cookie: cookie }));
  if (answer.status !== 302 && answer.status !== 303) expectStatus(answer, 303, pathname);
  for (const [, name = '', value = ''] of answer.head.matchAll(/\r\nset-cookie: ([^=]+)=([^;\r]*)/gi)) {
    cookies.set(name, value);
  }
  return new URL(/\r\nlocation: ([^\r]*)/i.exec(answer.head)?.[1] ?? '', 'https://issuer.example.com');
}

/** The login app, and the consent app. Resolves to where they send the browser. */
async function accept({ admin }: Cast, kind: 'login' | 'consent', page: URL, body: unknown): Promise<string> {
  const challenge = page.searchParams.get(`${kind}_challenge`);
  if (challenge === null) throw new Error(`The browser was sent to ${page}, not to the ${kind} page.`);
  const query = new URLSearchParams({ [`${kind}_challenge`]: challenge });
  const path = `/admin/oauth2/auth/requests/${kind}/accept?${query}`;
  return parsed<{ redirect_to: string }>(await admin.send(json('PUT', path, body)), path).redirect_to;
}

function parsed<T>(answer: Answer, what: string): T {
  return JSON.parse(expectStatus(answer, 200, what).body) as T;
}

export const authorizePath = ({ credentials: { client_id } }: Pick<Cast, 'credentials'>, scope: string): string =>
  `/oauth2/auth?${new URLSearchParams({
    client_id,
    response_type: 'code',
    scope,
    redirect_uri: REDIRECT_URI,
    state: 'state-0123456789',
    nonce: 'nonce-0123456789',
  })}`;

export type Login = {
  readonly scope: string;
  readonly subject: string;
  readonly cookies: Cookies;
  readonly remember?: boolean;
};

/** From the link of the client to its tokens: three visits of the browser, two answers of the apps, one exchange. */
export async function logIn(cast: Cast, { scope, subject, cookies, remember = false }: Login): Promise<Tokens> {
  const kept = remember ? { remember, remember_for: 3600 } : {};
  const login = await visit(cast, authorizePath(cast, scope), cookies);
  const consent = await visit(cast, await accept(cast, 'login', login, { subject, ...kept }), cookies);
  const granted = { grant_scope: scope.split(' '), ...kept };
  const answer = await visit(cast, await accept(cast, 'consent', consent, granted), cookies);
  const code = answer.searchParams.get('code');
  if (code === null) throw new Error(`The browser was sent to ${answer}, without a code.`);
  return token(cast, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI });
}

export async function token(
  { open, credentials }: Pick<Cast, 'open' | 'credentials'>,
  fields: Readonly<Record<string, string>>,
): Promise<Tokens> {
  return parsed(await open.send(form('/oauth2/token', fields, credentials)), fields.grant_type ?? '');
}
