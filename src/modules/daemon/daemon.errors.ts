import { AppError } from '../../common/errors/index.js';

export function unknownSite(siteId: string): AppError {
  return new AppError({
    code: 'SITE_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no site with this id.',
    hint: 'Start a backup with its site_path: that registers it.',
    retry: 'never',
    context: { id: siteId },
  });
}

export function sitePathDiffers(given: string, registered: string): AppError {
  return new AppError({
    code: 'SITE_PATH_DIFFERS',
    kind: 'conflict',
    message: `This site_id is registered for ${registered}, not for ${given}.`,
    hint: 'Use another site_id for the other folder, or remove the registered site first.',
    retry: 'never',
    context: { given, registered },
  });
}

export function nothingToStop(siteId: string): AppError {
  return new AppError({
    code: 'JOB_NOT_ACTIVE',
    kind: 'conflict',
    message: 'No job of this site is waiting or running.',
    retry: 'never',
    context: { id: siteId },
  });
}
