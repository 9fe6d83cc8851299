import { randomBytes } from 'node:crypto';
import type { Attempt, Login } from './openid_client.ts';

export type Session = {
  /** Empty until the session holds something worth finding again. */
  id: string;
  readonly attempts: Map<string, Attempt>;
  login?: Login | undefined;
};

const COOKIE = 'demo_session';
const MOST_SESSIONS = 1000;
/** Tabs in which a login may be under way at once. */
const MOST_ATTEMPTS = 20;

/** In memory, behind a cookie that says nothing. The oldest give way. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  find(cookies = ''): Session {
    const [, id = ''] = new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(cookies) ?? [];
    return this.#sessions.get(id) ?? { id: '', attempts: new Map() };
  }

  remember(session: Session, attempt: Attempt): void {
    if (session.id === '') this.#name(session);
    session.attempts.set(attempt.state, attempt);
    dropOldest(session.attempts, MOST_ATTEMPTS);
  }

  /** Each attempt is good for one answer. */
  recall(session: Session, state: string): Attempt | undefined {
    const attempt = session.attempts.get(state);
    session.attempts.delete(state);
    return attempt;
  }

  /** Under a new name, so that nobody who knew the old one comes along. */
  logIn(session: Session, login: Login): void {
    this.#sessions.delete(session.id);
    this.#name(session);
    session.login = login;
  }

  end(session: Session): void {
    this.#sessions.delete(session.id);
    session.id = '';
  }

  cookie({ id }: Session): string {
    return `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax${id === '' ? '; Max-Age=0' : ''}`;
  }

  #name(session: Session): void {
    session.id = randomBytes(32).toString('base64url');
    this.#sessions.set(session.id, session);
    dropOldest(this.#sessions, MOST_SESSIONS);
  }
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
