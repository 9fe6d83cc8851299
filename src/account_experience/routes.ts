import type { AuthorizationServer } from '../authorization_server.ts';
import type { Endpoint, Route } from '../http/route.ts';
import { answerConsent, showConsent } from './consent.ts';
import { answerDevice, showDevice, showDeviceDone } from './device.ts';
import { showError, withProblemPage } from './error.ts';
import { textsFor } from './language.ts';
import { answerLogin, showLogin } from './login.ts';
import { answerLogout, showLogout, showStayed } from './logout.ts';
import { showNotice } from './notices.ts';
import { showStylesheet } from './stylesheet.ts';

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
  path: `/oauth2/fallbacks${path}`,
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
  page('GET', '/error', 'showErrorPage', showError),
  page('GET', '/style.css', 'showStylesheet', showStylesheet),
];
