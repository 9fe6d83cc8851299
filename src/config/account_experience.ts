import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError } from './config_error.ts';
import type { Document } from './document.ts';

/** The pages that we bring, by their place below `/oauth2/fallbacks/`. */
export type PageName = 'login' | 'consent' | 'logout' | 'logout/callback' | 'device' | 'device/done' | 'error';

export type AccountExperience = {
  /** Ours: all but those for which `urls` names somebody else's, or none. */
  readonly pages: readonly PageName[];
  readonly brand: Brand;
  /** Whether pages show what clients name as their logo. */
  readonly show_client_images: boolean;
  readonly scopes: Readonly<Record<string, ScopeTexts>>;
  /** What a scope says of an account, beside what the standard has it say. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
};

/** Empty where it is not set. */
export type Brand = {
  readonly name: string;
  readonly logo: Logo | undefined;
  /** `#rrggbb`. */
  readonly accent_color: string;
  readonly terms_url: string;
  readonly privacy_url: string;
  readonly support: string;
};

export type Logo = { readonly type: string; readonly bytes: Buffer; readonly version: string };

export type Explanation = { readonly title: string; readonly text: string };

/** In one language, or by language. */
export type ScopeTexts = Explanation | Readonly<Record<string, Explanation>>;

const DEFAULT_ACCENT = '#1d5fd1';

type Wanted = NonNullable<NonNullable<Document['gatehouse']>['account_experience']>;

/** `isOurs` tells whether the address of a page is the one that we bring. Throws ConfigError. */
export function resolveAccountExperience(wanted: Wanted, isOurs: (page: PageName) => boolean): AccountExperience {
  const { enabled, brand = {}, show_client_images = false, scopes = {}, claims = {} } = wanted;
  return {
    pages: enabled === false ? [] : PAGES.filter(isOurs),
    show_client_images,
    claims,
    scopes: scopes as Readonly<Record<string, ScopeTexts>>,
    brand: {
      name: brand.name ?? '',
      logo: brand.logo === undefined ? undefined : readLogo(brand.logo),
      accent_color: brand.accent_color ?? DEFAULT_ACCENT,
      terms_url: brand.terms_url ?? '',
      privacy_url: brand.privacy_url ?? '',
      support: brand.support ?? '',
    },
  };
}

export const PAGES: readonly PageName[] = [
  'login',
  'consent',
  'logout',
  'logout/callback',
  'device',
  'device/done',
  'error',
];

/** Bytes: it is loaded with the first page that a person sees. */
const LARGEST_LOGO = 256 * 1024;

/** By what the file holds, whatever its name says. */
const LOGO_TYPES: readonly (readonly [type: string, holds: RegExp])[] = [
  ['image/png', /^\x89PNG\r\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/webp', /^RIFF.{4}WEBP/s],
  ['image/svg+xml', /^(?:\xef\xbb\xbf)?(?:<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE[^>]*>|\s)*<svg[\s>]/is],
];

function readLogo(file: string): Logo {
  const bytes = logoBytes(file);
  if (bytes.length > LARGEST_LOGO) throw unfit(`a file of at most 256 kB, but ${file} has ${bytes.length} bytes`);
  const text = bytes.toString('latin1');
  const [type] = LOGO_TYPES.find(([, holds]) => holds.test(text)) ?? [];
  if (!type) throw unfit(`an image in PNG, JPEG, WebP or SVG, but ${file} is something else`);
  return { type, bytes, version: createHash('sha256').update(bytes).digest('base64url').slice(0, 16) };
}

function logoBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unfit(`a file that can be read, but ${file} cannot: ${error instanceof Error ? error.message : error}`);
  }
}

const unfit = (expected: string): ConfigError =>
  new ConfigError(`The configuration key "gatehouse.account_experience.brand.logo" must be ${expected}.`);
