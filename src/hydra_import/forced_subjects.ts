import { checkClient, eachRow, type Step } from './step.ts';
import { required, text } from './values.ts';

/** OpenID Connect Core section 8.1: pairwise identifiers that the login app chose. */
export const forced_subjects: Step = {
  from: {
    table: 'hydra_oauth2_obfuscated_authentication_session',
    key: ['subject', 'client_id'],
    columns: ['subject_obfuscated'],
  },
  into: { table: 'forced_subjects', key: ['client_id', 'subject'] },
  nameOf: (row) => `${text(row, 'client_id')} ${text(row, 'subject')}`,
  prepare: eachRow((run, row) => ({
    client_id: checkClient(run, text(row, 'client_id')),
    subject: text(row, 'subject'),
    identifier: required(row, 'subject_obfuscated'),
  })),
};
