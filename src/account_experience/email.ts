import { domainToASCII } from 'node:url';

/** One address has one spelling. The domain as DNS has it (RFC 5891). */
export function normalEmail(email: string): string {
  const text = email.trim().normalize('NFC').toLowerCase().normalize('NFC');
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  // Only what needs it: the conversion reads a URL, and takes 1.1 for an address and /x for a path.
  if (at < 0 || !/[^\p{ASCII}]/u.test(domain) || /[\s/:?#@\\]/.test(domain)) return text;
  return `${text.slice(0, at)}@${domainToASCII(domain) || domain}`;
}

/** RFC 5321 section 4.5.3.1 for the lengths, section 4.1.2 for the form, without its quoted strings. */
const EMAIL =
  /^(?=.{1,254}$)(?=.{1,64}@)[^\s@"(),:;<>[\]\\\p{C}.]+(?:\.[^\s@"(),:;<>[\]\\\p{C}.]+)*@(?<domain>[^@]+)$/u;
const DOMAIN = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)*[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;

/** In its one spelling. Undefined for what is no address. */
export function readEmail(email: string): string | undefined {
  const normal = normalEmail(email);
  return DOMAIN.test(EMAIL.exec(normal)?.groups?.domain ?? '') ? normal : undefined;
}
