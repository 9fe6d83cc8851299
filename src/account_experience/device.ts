import type { AuthorizationServer } from '../authorization_server.ts';
import { type Reply, redirect } from '../http/reply.ts';
import { formOf, queryOf, type Request } from '../http/request.ts';
import { urlBelow } from '../lib/url_below.ts';
import { OAuthError } from '../oauth/error.ts';
import { queryText } from '../oauth/parameters.ts';
import { acceptUserCode } from './admin_contract.ts';
import { checkForm, protectForm } from './csrf.ts';
import { deviceHeaders } from './form_action.ts';
import { alert, buttons, form, TICK } from './forms.ts';
import { textsFor } from './language.ts';
import { DRAWING_HEADERS, pageUrl, showPage } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import { showNotice } from './notices.ts';
import type { Texts } from './texts.ts';
import { isWhole, keyboardFor, spelledUserCode } from './user_code.ts';

/** The page behind the default of `urls.device.verification`. RFC 8628 section 3.3. */
export function showDevice(server: AuthorizationServer, request: Request): Reply {
  const query = queryOf(request);
  const challenge = query.get('device_challenge');
  if (challenge === '') return showNotice(server, textsFor(request), 'device');
  const user_code = query.get('user_code');
  return devicePage(server, request, { challenge, user_code, isFromLink: user_code !== '' });
}

export async function answerDevice(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = queryOf(request).get('device_challenge');
  const answers = formOf(request);
  checkForm(server, request, answers, `device ${challenge}`);
  const user_code = answers.get('user_code');
  try {
    return redirect(303, await acceptUserCode(server, challenge, spelledUserCode(server, user_code)));
  } catch (error) {
    const problem = problemOf(textsFor(request), error);
    if (!problem) throw error;
    return devicePage(server, request, { challenge, user_code, isFromLink: false, problem });
  }
}

/** The page behind the default of `urls.device.success`. */
export function showDeviceDone(server: AuthorizationServer, request: Request): Reply {
  const texts = textsFor(request);
  if (queryOf(request).get('client_id') === '') return showNotice(server, texts, 'device_done');
  const { title, text } = texts.notices.device_done;
  const main = markup`${TICK}
<h1 id="device-done-title">${title}</h1>
<p>${text}</p>`;
  return showPage(server, { status: 200, texts, title, main });
}

/**
 * Who reads this on a screen with a keyboard may rather go on at the telephone. RFC 8628 section 3.3.1: by the address of
 * the device, for this visit belongs to this browser. Loaded when it is looked at.
 */
function onAnotherDevice(server: AuthorizationServer, texts: Texts, user_code: string): Markup {
  const { phone, phoneText, qr } = texts.device;
  const query = isWhole(server, user_code) ? `?${queryText({ user_code })}` : '';
  return markup`<details><summary>${phone}</summary>
<p class="quiet">${phoneText}</p>
<img class="qr" id="qr" src="${pageUrl(server, `/oauth2/fallbacks/device/qr.svg${query}`)}" alt="${qr}" width="192" height="192" loading="lazy">
</details>`;
}

/** As a drawing: `verification_uri`, or `verification_uri_complete`. */
export async function showDeviceQr(server: AuthorizationServer, request: Request): Promise<Reply> {
  const user_code = queryOf(request).get('user_code');
  const query = isWhole(server, user_code) ? `?${queryText({ user_code })}` : '';
  const { renderSVG } = await import('uqr');
  return {
    status: 200,
    headers: { ...DRAWING_HEADERS, 'content-type': 'image/svg+xml', 'cache-control': 'no-store' },
    body: renderSVG(`${urlBelow(server.config.urls.self.public, 'oauth2/device/verify')}${query}`, { border: 4 }),
  };
}

type Problem = { readonly status: number; readonly text: string; readonly headers: Reply['headers'] };

/** What typing again, now or later, can mend. */
function problemOf({ device }: Texts, error: unknown): Problem | undefined {
  if (!(error instanceof OAuthError)) return undefined;
  const { status, headers } = error;
  if (error.error === 'invalid_request') return { status, text: device.refused, headers };
  if (error.error !== 'too_many_requests') return undefined;
  return { status, text: device.throttled(Math.ceil(Number(headers['retry-after']) / 60)), headers };
}

type Shown = {
  readonly challenge: string;
  readonly user_code: string;
  /** RFC 8628 section 3.3.1: then nobody has compared it with the device yet. */
  readonly isFromLink: boolean;
  readonly problem?: Problem;
};

function devicePage(server: AuthorizationServer, request: Request, shown: Shown): Reply {
  const texts = textsFor(request);
  const said = texts.device;
  const { challenge, user_code, isFromLink, problem } = shown;
  const { token, headers } = protectForm(server, request, `device ${challenge}`);
  const { inputmode, autocapitalize } = keyboardFor(server);
  const invalid = problem && markup` aria-invalid="true" aria-describedby="device-error"`;
  const main = markup`<h1 id="device-title">${said.title}</h1>
<p class="lead">${isFromLink ? said.leadOfLink : said.lead}</p>
${problem && alert('device-error', problem.text)}
${form(
  server,
  texts,
  { path: '/oauth2/fallbacks/device', query: { device_challenge: challenge }, token },
  markup`<label class="field"><span>${said.code}</span>
<input class="code" id="user_code" name="user_code" type="text" inputmode="${inputmode}" autocomplete="off" autocapitalize="${autocapitalize}" spellcheck="false" required value="${user_code}"${invalid}${!isFromLink && markup` autofocus`}></label>
<p class="quiet">${said.care}</p>
${buttons(said)}`,
)}
${onAnotherDevice(server, texts, user_code)}`;
  return showPage(server, {
    status: problem?.status ?? 200,
    texts,
    title: said.title,
    main,
    headers: { ...deviceHeaders(server), ...problem?.headers, ...headers },
  });
}
