import type { Dto } from '../../api/client.ts';

type Hook = Dto<'HookDto'>;
export type HookJob = Hook['jobs'][number];
export const HOOK_JOBS: readonly HookJob[] = ['backup', 'restore', 'verify', 'repair'];

/** A hook while it is edited. */
export interface HookForm {
  name: string;
  kind: 'command' | 'request';
  /** One argument a line. */
  command: string;
  url: string;
  method: 'GET' | 'POST' | 'PUT';
  /** `Name: value` a line. */
  headers: string;
  jobs: readonly HookJob[];
  moment: string;
  reach: 'all' | 'site' | 'label';
  siteIds: string[];
  label: string;
  onFailure: Hook['onFailure'];
  timeLimit: string;
  position: string;
}

export function formOf(hook: Hook | null): HookForm {
  const method = hook?.method;
  return {
    name: hook?.name ?? '',
    kind: hook === null || hook.command !== null ? 'command' : 'request',
    command: hook?.command?.join('\n') ?? '',
    url: '',
    method: method === 'GET' || method === 'PUT' ? method : 'POST',
    headers: '',
    jobs: hook?.jobs ?? ['backup'],
    moment: hook?.moment ?? 'success',
    reach:
      hook === null || (hook.siteId === null && hook.label === null) ? 'all' : hook.siteId === null ? 'label' : 'site',
    siteIds: hook?.siteId === null || hook === null ? [] : [hook.siteId],
    label: hook?.label ?? '',
    onFailure: hook?.onFailure ?? 'warn',
    timeLimit: String(hook?.timeLimitSeconds ?? 60),
    position: String(hook?.position ?? 0),
  };
}

/** What the API is told. Address and headers that are left empty stay what they are. */
export function bodyOf(form: HookForm): Dto<'CreateHookDto'> {
  const headers = headersOf(form.headers);
  return {
    name: form.name.trim(),
    jobs: [...form.jobs],
    moment: form.moment,
    siteId: form.reach === 'site' ? (form.siteIds[0] ?? null) : null,
    label: form.reach === 'label' ? form.label.trim() : null,
    onFailure: form.onFailure,
    timeLimitSeconds: Number(form.timeLimit),
    position: Number(form.position),
    ...(form.kind === 'command'
      ? { command: form.command.split('\n').filter((line) => line !== '') }
      : {
          method: form.method,
          ...(form.url.trim() === '' ? {} : { url: form.url.trim() }),
          ...(Object.keys(headers).length === 0 ? {} : { headers }),
        }),
  };
}

function headersOf(text: string): Record<string, string> {
  const pairs = text
    .split('\n')
    .map((line) => /^([^:]+):(.*)$/.exec(line))
    .flatMap((match) => (match === null ? [] : [[(match[1] ?? '').trim(), (match[2] ?? '').trim()] as const]));
  return Object.fromEntries(pairs);
}
