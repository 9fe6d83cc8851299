/** The forms in which hashes of passwords are read: one file and one line each. */
export { argon2 } from './argon2.ts';
export { bcrypt } from './bcrypt.ts';
export { pbkdf2 } from './pbkdf2.ts';
