import type { components } from './schema.ts';

type ProblemDto = components['schemas']['ProblemDto'];

/** What the API says when it can't do something: what happened, what to do, and a code. */
export class Problem extends Error {
  readonly code: string;
  readonly hint: string | null;
  readonly status: number;
  /** Faults by the name of the field, where the request had some. */
  readonly fields: ReadonlyMap<string, string>;

  constructor(dto: Pick<ProblemDto, 'code' | 'status'> & Partial<ProblemDto>) {
    super(dto.detail ?? dto.title ?? 'The server could not do this.');
    this.name = 'Problem';
    this.code = dto.code;
    this.hint = dto.hint ?? null;
    this.status = dto.status;
    this.fields = new Map((dto.errors ?? []).map((fault) => [fault.field, fault.message]));
  }
}

/** Whatever was thrown, as something that can be shown. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem({
    code: 'CLIENT_ERROR',
    status: 0,
    detail,
    hint: 'Reload the page. If it happens again, report it.',
  });
}

/** The server could not be reached at all. */
export function unreachable(): Problem {
  return new Problem({
    code: 'SERVER_UNREACHABLE',
    status: 0,
    detail: 'The server does not answer.',
    hint: 'The page tries again by itself. Check the connection, and whether backupd runs.',
  });
}

/** An answer of the server that is no success. A proxy in between may send something that is not ours. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  if (isProblem(body)) return new Problem(body);
  return new Problem({
    code: `HTTP_${response.status}`,
    status: response.status,
    detail: `The server answered with ${response.status} ${response.statusText}.`.trim(),
    hint: 'Something between this page and backupd may have answered. Try again in a moment.',
  });
}

function isProblem(body: unknown): body is ProblemDto {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
}
