import type { AuthorizationServer } from '../authorization_server.ts';
import { durationSeconds, parseDuration } from '../lib/duration.ts';
import type { FlowRequest } from './admin_contract.ts';
import { isOfDevice } from './form_action.ts';
import type { Texts } from './texts.ts';

/** How long the client may do what is asked for, in sentences. */
export function lifetimeOf(server: Pick<AuthorizationServer, 'config'>, texts: Texts, flow: FlowRequest): string[] {
  const { access, offline, offlineForever } = texts.consent;
  const said = [access(spoken(texts, secondsOf(server, flow, 'access_token')))];
  if (!flow.requested_scope.some((scope) => scope === 'offline' || scope === 'offline_access')) return said;
  const renewal = secondsOf(server, flow, 'refresh_token');
  return [...said, renewal < 0 ? offlineForever : offline(spoken(texts, renewal))];
}

/** Of the client, or of all. */
function secondsOf({ config }: Pick<AuthorizationServer, 'config'>, flow: FlowRequest, token: LivingToken): number {
  const grant = isOfDevice(flow) ? 'device_authorization_grant' : 'authorization_code_grant';
  const own = parseDuration(flow.client[`${grant}_${token}_lifespan`] ?? '');
  return own === undefined ? config.ttl[token] : durationSeconds(own);
}

type LivingToken = 'access_token' | 'refresh_token';

/** Seconds. */
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** In the largest unit that needs no fraction: 90 minutes, 30 days. */
function spoken({ language }: Texts, seconds: number): string {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size && seconds % size === 0) ?? ['second', 1];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(
    Math.round(seconds / size),
  );
}
