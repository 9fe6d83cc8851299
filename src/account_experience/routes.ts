import type { AuthorizationServer } from '../authorization_server.ts';
import type { Endpoint, Route } from '../http/route.ts';
import { answerConsent, showConsent } from './consent.ts';
import { showError, withProblemPage } from './error.ts';
import { answerLogin, showLogin } from './login.ts';
import { showNotice } from './notices.ts';
import { showStylesheet } from './stylesheet.ts';

/** Under the paths of the reference's placeholder pages, which are the defaults of `urls.*`. */
const page = (
  method: 'GET' | 'POST',
  path: string,
  operationId: string,
  endpoint: Endpoint<AuthorizationServer>,
): Route<AuthorizationServer> => ({
  method,
  path: `/oauth2/fallbacks${path}`,
  operationId,
  endpoint: withProblemPage(endpoint),
});

export const accountExperienceRoutes: readonly Route<AuthorizationServer>[] = [
  page('GET', '/login', 'showLoginPage', showLogin),
  page('POST', '/login', 'answerLoginPage', answerLogin),
  page('GET', '/consent', 'showConsentPage', showConsent),
  page('POST', '/consent', 'answerConsentPage', answerConsent),
  page('GET', '/logout', 'showLogoutPage', (server) => showNotice(server, 'logout')),
  page('GET', '/logout/callback', 'showLoggedOutPage', (server) => showNotice(server, 'logout_callback')),
  page('GET', '/device', 'showDevicePage', (server) => showNotice(server, 'device')),
  page('GET', '/device/done', 'showDeviceDonePage', (server) => showNotice(server, 'device_done')),
  page('GET', '/error', 'showErrorPage', showError),
  page('GET', '/style.css', 'showStylesheet', showStylesheet),
];
