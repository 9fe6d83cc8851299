import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** The statements that run while `work` does; BEGIN, SAVEPOINT and COMMIT are not among them. */
export async function counted<T>(work: () => Promise<T>): Promise<{ value: T; statements: string[] }> {
  const statements: string[] = [];
  const hear = (statement: unknown) => void statements.push(String(statement));
  subscribe('gatehouse:statement', hear);
  try {
    return { value: await work(), statements };
  } finally {
    unsubscribe('gatehouse:statement', hear);
  }
}

export const isWrite = (statement: string): boolean => /^(insert|update|delete)/i.test(statement);
