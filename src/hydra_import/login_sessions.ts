import type { HydraRow } from '../store/hydra/database.ts';
import { eachRow, type Import, type Step } from './step.ts';
import { flag, moment, required, requiredMoment, text, Unfit } from './values.ts';

export const login_sessions: Step = {
  from: {
    table: 'hydra_oauth2_authentication_session',
    key: ['id'],
    columns: ['authenticated_at', 'subject', 'remember', 'identity_provider_session_id', 'expires_at'],
  },
  into: { table: 'login_sessions', key: ['sid'] },
  nameOf: (row) => text(row, 'subject'),
  prepare: eachRow((run, row) => {
    const authenticated_at = requiredMoment(row, 'authenticated_at');
    const expires_at = expiryOf(run, row, authenticated_at);
    if (expires_at <= run.now) throw new Unfit('has expired');
    return {
      sid: text(row, 'id'),
      subject: required(row, 'subject'),
      authenticated_at,
      expires_at,
      remember: flag(row, 'remember') ? 1 : 0,
      identity_provider_session_id: text(row, 'identity_provider_session_id'),
    };
  }),
};

/** Hydra: a session without a time was as good as its cookie, whose age only the browser knows. */
function expiryOf({ now, target }: Import, row: HydraRow, authenticated_at: number): number {
  const begin = flag(row, 'remember') ? now : authenticated_at;
  return moment(row, 'expires_at') ?? Math.ceil(begin + target.config.ttl.authentication_session);
}
