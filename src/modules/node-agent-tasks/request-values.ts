import { AppError } from '../../common/errors/index.js';

type Request = Readonly<Record<string, unknown>>;

export function textIn(request: Request, name: string): string {
  const value = request[name];
  if (typeof value !== 'string') throw unusable(name);
  return value;
}

export function numberIn(request: Request, name: string): number {
  const value = request[name];
  if (typeof value !== 'number') throw unusable(name);
  return value;
}

export function textsIn(request: Request, name: string): string[] {
  const value = request[name];
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) throw unusable(name);
  return value;
}

/** Names with texts. */
export function namedTextsIn(request: Request, name: string): Record<string, string> {
  const value = request[name];
  if (typeof value !== 'object' || value === null) throw unusable(name);
  const entries = Object.entries(value).map(([key, each]: [string, unknown]): [string, string] => {
    if (typeof each !== 'string') throw unusable(`${name}.${key}`);
    return [key, each];
  });
  return Object.fromEntries(entries);
}

function unusable(name: string): AppError {
  return new AppError({
    code: 'NODE_TASK_UNKNOWN',
    kind: 'conflict',
    message: `backupd on the node does not understand what it was asked for (${name}).`,
    hint: 'Update backupd on the node to the version of the master.',
    retry: 'never',
  });
}
