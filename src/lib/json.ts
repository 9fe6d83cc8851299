/** JSON as it arrives: RFC 8259, one value, valid UTF-8, and no NUL, which PostgreSQL cannot store. */
export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };
export type JsonObject = { [member: string]: Json };

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws a SyntaxError whose message may be shown to the caller. */
export function parseJson(bytes: Uint8Array): Json {
  if (bytes.length === 0) throw new SyntaxError('the body is empty');
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new SyntaxError('the body is not valid UTF-8');
  }
  if (text.includes('\0') || /\\u0000|\\ud[89a-f]/i.test(text)) checkText(text);
  const value = parsed(text);
  if (isDeeper(value, LEVELS)) throw new SyntaxError(`the body has more than ${LEVELS} levels`);
  return value;
}

/** RFC 8259 section 9: what is nested without end can be read, but not be written again. */
const LEVELS = 64;

const isDeeper = (value: Json, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1)));

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new SyntaxError('the body is not valid JSON');
  }
}

/** Escapes can spell NUL and lone surrogates: only the parsed strings tell. */
function checkText(text: string): void {
  const refuse = (part: string) => {
    if (part.includes('\0')) throw new SyntaxError('the body contains the character NUL');
    if (!part.isWellFormed()) throw new SyntaxError('the body contains half of a surrogate pair');
  };
  let refusal: SyntaxError | undefined;
  try {
    JSON.parse(text, (key, value) => {
      refuse(key);
      if (typeof value === 'string') refuse(value);
      return value;
    });
  } catch (error) {
    if (error instanceof SyntaxError && error.message.startsWith('the body')) refusal = error;
  }
  if (refusal) throw refusal;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
