import { fieldsOf, type Shown, type Visitor } from '../../account_experience/visitor.ts';
import type { Parts } from '../message.ts';
import type { Operation } from '../operation.ts';
import { cookieHeader, EMAIL, PASSWORD, visitorOf, type World } from '../world.ts';

const P = '/oauth2/fallbacks';

const loginPage = async (world: World) => {
  const visitor = visitorOf(world);
  const { location } = await visitor.get(world.deployment.authorizeUrl());
  return { visitor, location, page: await visitor.get(location) };
};

const consentPage = async (world: World) => {
  const visitor = visitorOf(world);
  const { location: login } = await visitor.get(world.deployment.authorizeUrl());
  const challenge = new URL(login).searchParams.get('login_challenge') ?? '';
  const accepted = await world.deployment.acceptLogin(challenge, { subject: world.account.subject });
  const { location } = await visitor.get(accepted);
  return { visitor, location, page: await visitor.get(location) };
};

const devicePage = async (world: World) => {
  const visitor = visitorOf(world);
  const { location } = await visitor.get('/oauth2/device/verify');
  return { visitor, location, page: await visitor.get(location) };
};

const logoutPage = async (world: World) => {
  const visitor = visitorOf(world);
  const { id_token } = await world.tokens();
  const { location } = await visitor.get(`/oauth2/sessions/logout?${new URLSearchParams({ id_token_hint: id_token })}`);
  return { visitor, location, page: await visitor.get(location) };
};

const accountPage =
  (path: string) =>
  async (world: World): Promise<At> => {
    const visitor = visitorOf(world);
    visitor.cookies.set(...(await world.accountCookie()));
    const location = `${P}/account${path}`;
    return { visitor, location, page: await visitor.get(location) };
  };

const signInPage = async (world: World): Promise<At> => {
  const visitor = visitorOf(world);
  const { location } = await visitor.get(`${P}/account`);
  return { visitor, location, page: await visitor.get(location) };
};

type At = { readonly visitor: Visitor; readonly location: string; readonly page: Shown };

const shown = ({ location, visitor }: At): Parts => ({
  query: Object.fromEntries(new URL(location, 'http://localhost').searchParams),
  header: cookieHeader(visitor),
});

const pressed = (at: At, fields: Record<string, string>): Parts => ({
  ...shown(at),
  form: { ...Object.fromEntries(fieldsOf(at.page)), ...fields },
});

/** What a person may be told in words; the pages have no codes. */
const TOLD = ['400', '401', '403', '404', '429'] as const;
const FORM = { codes: [...TOLD, '200', '302', '303'], noForm: '403', undecoded: '400' } as const;
const PAGE = { renew: 'never', codes: [...TOLD, '200', '302'], undecoded: '400' } as const;

/** The pages are for people: what is wrong with a request they say in words, with a status that fits. */
export const pages: readonly Operation[] = [
  {
    route: `GET ${P}/login`,
    build: async (world) => shown(await loginPage(world)),
    sound: '200',
    ...PAGE,
    exact: { login_challenge: '404' },
    required: { login_challenge: '200' },
  },
  {
    route: `POST ${P}/login`,
    build: async (world) => pressed(await loginPage(world), { email: EMAIL, password: PASSWORD, action: 'accept' }),
    sound: '303',
    ...FORM,
    required: { csrf_token: '403', cookie: '403', login_challenge: '403', email: '401', password: '401' },
    exact: { csrf_token: '403', cookie: '403', login_challenge: '403', email: '401', password: '401' },
  },
  {
    route: `GET ${P}/consent`,
    build: async (world) => shown(await consentPage(world)),
    sound: '200',
    ...PAGE,
    exact: { consent_challenge: '404' },
    required: { consent_challenge: '200' },
  },
  {
    route: `POST ${P}/consent`,
    build: async (world) => pressed(await consentPage(world), { action: 'accept' }),
    sound: '303',
    ...FORM,
    required: { csrf_token: '403', cookie: '403', consent_challenge: '403' },
    exact: { csrf_token: '403', cookie: '403', consent_challenge: '403' },
  },
  {
    route: `GET ${P}/logout`,
    build: async (world) => shown(await logoutPage(world)),
    sound: '200',
    ...PAGE,
    exact: { logout_challenge: '404' },
    required: { logout_challenge: '200' },
  },
  {
    route: `POST ${P}/logout`,
    build: async (world) => pressed(await logoutPage(world), { action: 'accept' }),
    sound: '303',
    ...FORM,
    required: { csrf_token: '403', cookie: '403', logout_challenge: '403' },
    exact: { csrf_token: '403', cookie: '403', logout_challenge: '403' },
  },
  {
    route: `GET ${P}/account`,
    build: async (world) => shown(await accountPage('')(world)),
    sound: '200',
    ...PAGE,
    codes: ['200', '303', '400'],
    required: { cookie: '303' },
    exact: { cookie: '303' },
  },
  {
    route: `POST ${P}/account`,
    renew: 'always',
    build: async (world) => pressed(await accountPage('')(world), { action: 'sign_out' }),
    sound: '303',
    ...FORM,
    required: { csrf_token: '403' },
    exact: { csrf_token: '403' },
  },
  {
    route: `GET ${P}/account/login`,
    build: async (world) => shown(await signInPage(world)),
    sound: '200',
    ...PAGE,
  },
  {
    route: `POST ${P}/account/login`,
    build: async (world) => pressed(await signInPage(world), { email: EMAIL, password: PASSWORD, action: 'accept' }),
    sound: '303',
    ...FORM,
    required: { csrf_token: '403', cookie: '403', email: '401', password: '401' },
    exact: { csrf_token: '403', cookie: '403', email: '401', password: '401' },
  },
  {
    route: `GET ${P}/account/applications`,
    build: async (world) => shown(await accountPage('/applications')(world)),
    sound: '200',
    ...PAGE,
    codes: ['200', '303', '400'],
    required: { cookie: '303' },
    exact: { cookie: '303' },
  },
  {
    route: `POST ${P}/account/applications`,
    build: async (world) => pressed(await accountPage('/applications')(world), { action: 'remove', client_id: 'app' }),
    sound: '303',
    ...FORM,
    required: { csrf_token: '403', cookie: '303' },
    exact: { csrf_token: '403' },
  },
  {
    route: `GET ${P}/account/password`,
    build: async (world) => shown(await accountPage('/password')(world)),
    sound: '200',
    ...PAGE,
    codes: ['200', '303', '400'],
    required: { cookie: '303' },
    exact: { cookie: '303' },
  },
  {
    route: `POST ${P}/account/password`,
    build: async (world) =>
      pressed(await accountPage('/password')(world), {
        action: 'change',
        password: 'wrong',
        new_password: 'short',
        new_password_again: 'short',
      }),
    sound: '400',
    ...FORM,
    required: { csrf_token: '403', cookie: '303' },
    exact: { csrf_token: '403' },
  },
  { route: `GET ${P}/device`, build: async (world) => shown(await devicePage(world)), sound: '200', ...PAGE },
  {
    route: `POST ${P}/device`,
    renew: 'never',
    build: async (world) => pressed(await devicePage(world), { user_code: 'wrong' }),
    sound: '400',
    ...FORM,
    required: { csrf_token: '403', cookie: '403', device_challenge: '403' },
    exact: { csrf_token: '403', cookie: '403', device_challenge: '403' },
  },
  { route: `GET ${P}/device/done`, build: () => ({ query: { client_id: 'app' } }), sound: '200', ...PAGE },
  { route: `GET ${P}/device/qr.svg`, build: () => ({ query: { user_code: 'aaaaaaaa' } }), sound: '200', ...PAGE },
  {
    route: `GET ${P}/error`,
    build: () => ({ query: { error: 'invalid_request', error_description: 'What went wrong.' } }),
    sound: '400',
    ...PAGE,
  },
];
