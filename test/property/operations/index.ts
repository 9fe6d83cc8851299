import type { Operation } from '../operation.ts';
import { requests, sessions } from './apps.ts';
import { authorization } from './authorization.ts';
import { clients } from './clients.ts';
import { device } from './device.ts';
import { keys, others } from './keys.ts';
import { pages } from './pages.ts';
import { person } from './person.ts';
import { registration } from './registration.ts';
import { token } from './token.ts';

/** Sound requests to every route that has something to get wrong. */
export const OPERATIONS: readonly Operation[] = [
  ...authorization,
  ...token,
  ...registration,
  ...device,
  ...person,
  ...pages,
  ...clients,
  ...requests,
  ...sessions,
  ...keys,
  ...others,
];
