import { describe, expect, it } from 'vitest';
import { requestValidation } from '../../src/common/http/index.js';
import { SetRetentionDto } from '../../src/modules/retention/dto/retention.dto.js';
import {
  CreateScheduleDto,
  PreviewScheduleDto,
  UpdateScheduleDto,
} from '../../src/modules/schedules/dto/schedule-input.dto.js';
import { RetentionPolicyDto } from '../../src/modules/sites/dto/retention-policy.dto.js';
import { CreateSiteDto, ImportSitesDto, UpdateSiteDto } from '../../src/modules/sites/dto/site-input.dto.js';
import { SiteAlarmsDto } from '../../src/modules/sites/dto/site.dto.js';
import { CreateStorageDto, UpdateStorageDto } from '../../src/modules/storage/dto/storage.dto.js';

const pipe = requestValidation();
const rhythm = { every: 'day', at: '02:00' };
const site = ['name', 'settings', 'excludes', 'overrides', 'labels'];
const schedule = ['name', 'jitterSeconds', 'blackouts', 'missed', 'options', 'paused'];
const storage = { name: 's', kind: 'local', settings: {} };

/** A body, the fields of which null is a fault, and those in which it says something. */
const bodies: [new () => object, object, string[], string[]][] = [
  [CreateSiteDto, { path: '/x' }, [...site, 'module'], ['timeZone', 'destinations']],
  [UpdateSiteDto, {}, [...site, 'path'], ['timeZone', 'destinations', 'alarms', 'retention']],
  [ImportSitesDto, {}, ['paths', 'roots'], []],
  [SiteAlarmsDto, {}, ['sizePercent', 'filesPercent', 'rowsPercent'], []],
  [RetentionPolicyDto, {}, ['keepLast', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'], []],
  [RetentionPolicyDto, {}, ['keepWithin', 'timeZone'], []],
  [SetRetentionDto, {}, ['policy', 'graceHours'], []],
  [CreateStorageDto, storage, ['isDefault'], []],
  [UpdateStorageDto, {}, ['name', 'settings', 'isDefault', 'enabled'], []],
  [CreateScheduleDto, { kind: 'backup', scope: 'all', rhythm }, schedule, ['timeZone', 'maxPerNode', 'scopeValue']],
  [UpdateScheduleDto, {}, [...schedule, 'rhythm'], ['timeZone', 'maxPerNode']],
  [PreviewScheduleDto, { rhythm }, ['jitterSeconds', 'blackouts', 'siteId'], ['timeZone']],
];

describe.each(bodies)('%o', (metatype, body, faults, fine) => {
  const checked = (given: object): Promise<unknown> =>
    pipe.transform({ ...body, ...given }, { type: 'body', metatype });

  it('refuses null where it would mean nothing, and names the field', async () => {
    await checked({});
    for (const field of faults)
      await expect(checked({ [field]: null }), field).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        message: expect.stringContaining(field.replace(/s$/, '')) as string,
      });
  });

  it('takes null where it takes something back', async () => {
    for (const field of fine) expect(await checked({ [field]: null })).toMatchObject({ [field]: null });
  });
});
