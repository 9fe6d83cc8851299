import Type from 'typebox';
import { type AuthorizationServer, seconds } from '../../authorization_server.ts';
import { queryOf, type Request } from '../../http/request.ts';
import { type ErrorCode, OAuthError } from '../../oauth/error.ts';
import { Parameters } from '../../oauth/parameters.ts';

const DEFAULT_SIZE = 100;
const LARGEST_SIZE = 500;
/** Seconds that a page token is good for. */
const TOKEN_LIFE = 3600;

/** The parameters of a listing. A larger page than the largest is cut, not refused. */
export const PAGING = {
  page_size: Type.Optional(Type.Integer({ format: 'int64', minimum: 1, maximum: LARGEST_SIZE, default: DEFAULT_SIZE })),
  page_token: Type.Optional(Type.String()),
};

/** One page of a list that is ordered by a key: the rows whose key comes after `after`. */
export type Page = { readonly size: number; readonly after: string };

type PageToken = { readonly expires_at: number; readonly after: string };

/** `list` names the listing, so that the token of one is of no use in another. Throws an error of the given code. */
export function readPage(
  server: AuthorizationServer,
  request: Request,
  list: string,
  code: ErrorCode = 'bad_request',
): Page {
  const refuse = (reason: string): never => {
    throw new OAuthError(code, `Unable to parse the pagination parameters: ${reason}.`);
  };
  const parameters = queryOf(request);
  const size = parameters.all('page_size').find((value) => value !== '') ?? '';
  if (!/^([+-]?\d{1,18})?$/.test(size)) refuse("'page_size' must be an integer");
  const wanted = Number(size);
  return {
    size: wanted > 0 ? Math.min(wanted, LARGEST_SIZE) : DEFAULT_SIZE,
    after: readToken(server, parameters.get('page_token'), list, refuse),
  };
}

/** `1` is the first page in the seed's documentation. */
function readToken(
  server: AuthorizationServer,
  token: string,
  list: string,
  refuse: (reason: string) => never,
): string {
  if (token === '' || token === '1') return '';
  const opened = server.keys.pages.open(Buffer.from(token, 'base64url'), list);
  if (!opened) return refuse("'page_token' is not one of ours");
  const { expires_at, after } = JSON.parse(opened.toString()) as PageToken;
  return expires_at < seconds(server) ? refuse("'page_token' has expired; page tokens are not to be kept") : after;
}

/** RFC 8288. `next` is the key of the last row shown, where more follow. */
export function linkHeader(
  server: AuthorizationServer,
  request: Request,
  list: string,
  { size }: Page,
  next: string | undefined,
): string {
  const link = (after: string, rel: string) => {
    const token: PageToken = { expires_at: seconds(server) + TOKEN_LIFE, after };
    const page_token = server.keys.pages.sealJson(token, list).toString('base64url');
    const query = queryOf(request).merge(Parameters.of({ page_size: String(size), page_token }));
    return `<${request.path}?${query}>; rel="${rel}"`;
  };
  return [link('', 'first'), ...(next === undefined ? [] : [link(next, 'next')])].join(',');
}
