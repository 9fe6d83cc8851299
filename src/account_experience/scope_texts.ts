import type { AuthorizationServer } from '../authorization_server.ts';
import type { Explanation, ScopeTexts } from '../config/account_experience.ts';
import type { Texts } from './texts.ts';

/** What a scope means: as the operator says it, or as we do. Undefined for one of which only the name is known. */
export function scopeTexts(
  { config }: Pick<AuthorizationServer, 'config'>,
  { language, scopes }: Texts,
  scope: string,
): Explanation | undefined {
  const own = config.gatehouse.account_experience.scopes;
  if (Object.hasOwn(own, scope)) return inLanguage(own[scope], language);
  return Object.hasOwn(scopes, scope) ? scopes[scope] : undefined;
}

/** English, or what there is, for a language in which nobody has said it. */
function inLanguage(texts: ScopeTexts | undefined, language: string): Explanation | undefined {
  if (!texts) return undefined;
  if (isExplanation(texts)) return texts;
  return texts[language] ?? texts.en ?? Object.values(texts)[0];
}

const isExplanation = (texts: ScopeTexts): texts is Explanation => typeof texts.title === 'string';
