import type { AuthorizationServer } from '../authorization_server.ts';
import { type AccountExperience, PAGES, type PageName } from '../config/account_experience.ts';
import type { Endpoint, Route } from '../http/route.ts';
import { answerAccount, showAccount } from './account.ts';
import { ACCOUNT_PAGES, signedIn } from './account_pages.ts';
import { answerApplications, showApplications } from './applications.ts';
import { answerConsent, showConsent } from './consent.ts';
import { answerDevice, showDevice, showDeviceDone, showDeviceQr } from './device.ts';
import { showError, withProblemPage } from './error.ts';
import { textsFor } from './language.ts';
import { showLogo } from './layout.ts';
import { answerLogin, showLogin } from './login.ts';
import { answerLogout, showLogout, showStayed } from './logout.ts';
import { showNotice } from './notices.ts';
import { answerPassword, showPassword } from './password_page.ts';
import { answerSignIn, showSignIn } from './sign_in.ts';
import { showStylesheet } from './stylesheet.ts';

const BASE = '/oauth2/fallbacks';

/**
 * Under the paths of the reference's placeholder pages, which are the defaults of `urls.*`. `beginning` is where a person
 * can start again by themselves.
 */
const page = (
  method: 'GET' | 'POST',
  path: string,
  operationId: string,
  endpoint: Endpoint<AuthorizationServer>,
  beginning?: string,
): Route<AuthorizationServer> => ({
  method,
  path: `${BASE}${path}`,
  operationId,
  endpoint: withProblemPage(endpoint, beginning),
});

export const accountExperienceRoutes: readonly Route<AuthorizationServer>[] = [
  page('GET', '/login', 'showLoginPage', showLogin),
  page('POST', '/login', 'answerLoginPage', answerLogin),
  page('GET', '/consent', 'showConsentPage', showConsent),
  page('POST', '/consent', 'answerConsentPage', answerConsent),
  page('GET', '/logout', 'showLogoutPage', showLogout, '/oauth2/sessions/logout'),
  page('POST', '/logout', 'answerLogoutPage', answerLogout, '/oauth2/sessions/logout'),
  page('GET', '/logout/stayed', 'showStayedPage', showStayed),
  page('GET', '/logout/callback', 'showLoggedOutPage', (server, request) =>
    showNotice(server, textsFor(request), 'logout_callback'),
  ),
  page('GET', '/device', 'showDevicePage', showDevice, '/oauth2/device/verify'),
  page('POST', '/device', 'answerDevicePage', answerDevice, '/oauth2/device/verify'),
  page('GET', '/device/done', 'showDeviceDonePage', showDeviceDone),
  page('GET', '/device/qr.svg', 'showDeviceQr', showDeviceQr),
  page('GET', '/account', 'showAccountPage', signedIn('account', showAccount)),
  page('POST', '/account', 'answerAccountPage', answerAccount, ACCOUNT_PAGES.account),
  page('GET', '/account/login', 'showAccountLoginPage', showSignIn),
  page('POST', '/account/login', 'answerAccountLoginPage', answerSignIn),
  page('GET', '/account/applications', 'showApplicationsPage', signedIn('applications', showApplications)),
  page('POST', '/account/applications', 'answerApplicationsPage', signedIn('applications', answerApplications)),
  page('GET', '/account/password', 'showPasswordPage', signedIn('password', showPassword)),
  page('POST', '/account/password', 'answerPasswordPage', signedIn('password', answerPassword)),
  page('GET', '/error', 'showErrorPage', showError),
  page('GET', '/style.css', 'showStylesheet', showStylesheet),
];

const logoRoute = page('GET', '/logo', 'showLogo', showLogo);

/** Those of the pages that are ours, and what they share. */
export function routesOf({ pages, brand }: AccountExperience): readonly Route<AuthorizationServer>[] {
  const shown = accountExperienceRoutes.filter(({ path }) => {
    const owner = ownerOf(path.slice(BASE.length + 1));
    return owner === undefined || pages.includes(owner);
  });
  return brand.logo ? [...shown, logoRoute] : shown;
}

/** The page itself, or the one that it stands below. Who logs in elsewhere has no account to see here. */
const ownerOf = (path: string): PageName | undefined =>
  /^account\b/.test(path)
    ? 'login'
    : (PAGES.find((page) => page === path) ?? PAGES.find((page) => path.startsWith(`${page}/`)));
