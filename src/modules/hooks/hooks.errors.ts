import { AppError } from '../../common/errors/index.js';

export function hookNotFound(id: string): AppError {
  return new AppError({
    code: 'HOOK_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no hook with this id.',
    hint: '`backupd hooks list` shows them.',
    retry: 'never',
    context: { id },
  });
}

/** A hook that must succeed did not. */
export function hookFailed(name: string, moment: string, why: string): AppError {
  return new AppError({
    code: 'HOOK_FAILED',
    kind: 'precondition',
    message: `The hook "${name}" (${moment}) failed: ${why}`,
    hint: `The notes of the job have its output. Correct what the hook does, or let its failure be only a warning (\`backupd hooks edit ${JSON.stringify(name)} --on-failure warn\`).`,
    retry: 'never',
    context: { hook: name, moment },
  });
}

/** Whoever may write to the site's folder could have put a program there: it must not run as root. */
export function hookOwnerIsRoot(path: string): AppError {
  return new AppError({
    code: 'HOOK_OWNER_ROOT',
    kind: 'precondition',
    message: `A command runs as the owner of the site, and ${path} belongs to root. Commands never run as root.`,
    hint: 'Give the site to an account of its own (`chown -R www-data: …`), or use an HTTP hook.',
    retry: 'never',
    context: { path },
  });
}

export function hookOwnerOther(path: string, owner: number, own: number): AppError {
  return new AppError({
    code: 'HOOK_OWNER_OTHER',
    kind: 'precondition',
    message: `A command runs as the owner of the site (uid ${owner}), but this backupd runs as uid ${own} and may not become another.`,
    hint: 'Run backupd as root or as the owner of the site, or use an HTTP hook.',
    retry: 'never',
    context: { path, owner, own },
  });
}

export function hookSiteMissing(path: string, reason: string): AppError {
  return new AppError({
    code: 'HOOK_SITE_MISSING',
    kind: 'precondition',
    message: `The command has nowhere to run: ${path} is not a folder (${reason}).`,
    hint: 'Check that the site is where it was registered.',
    retry: 'maybe',
    context: { path },
  });
}
