import { eachRow, type Step } from './step.ts';
import { flag, piped, required, requiredMoment, text, Unfit } from './values.ts';

/** RFC 7523: the keys come with their sets. */
export const trusted_jwt_issuers: Step = {
  from: {
    table: 'hydra_oauth2_trusted_jwt_bearer_issuer',
    key: ['id'],
    columns: ['issuer', 'subject', 'allow_any_subject', 'scope', 'key_set', 'key_id', 'created_at', 'expires_at'],
  },
  into: { table: 'trusted_jwt_issuers', key: ['issuer', 'subject', 'key_id'] },
  nameOf: (row) => text(row, 'id'),
  prepare: eachRow(({ now }, row) => {
    const expires_at = requiredMoment(row, 'expires_at');
    const issuer = required(row, 'issuer');
    if (text(row, 'key_set') !== issuer) throw new Unfit('has its key in a set of another name');
    if (expires_at <= now) throw new Unfit('has expired');
    return {
      id: text(row, 'id').toLowerCase(),
      issuer,
      subject: flag(row, 'allow_any_subject') ? '' : required(row, 'subject'),
      key_id: required(row, 'key_id'),
      scope: piped(row, 'scope').join(' '),
      created_at: requiredMoment(row, 'created_at'),
      expires_at,
    };
  }),
};
