export { device_poll } from './device_poll.ts';
export { first_login, remembered_login } from './logins.ts';
export { mixture } from './mixture.ts';
export { refresh, refresh_without_id_token, revoke } from './tokens.ts';
