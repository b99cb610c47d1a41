import { defineEntity, p } from '@mikro-orm/core';

/** Keys that begin so hold what was seen lately, not what somebody has set: they change all the time and are not worth mirroring. */
export const OBSERVED = 'observed.';

/** One setting of the whole installation, changed through the API; what belongs to the host is in the configuration file. */
export const SettingSchema = defineEntity({
  name: 'Setting',
  tableName: 'setting',
  properties: {
    key: p.text().primary(),
    value: p.json<Record<string, unknown>>(),
    /** The secret part as sealed JSON; null when there is none. */
    sealed: p.text().nullable(),
    updatedAt: p.datetime(3),
  },
});

export class Setting extends SettingSchema.class {}
SettingSchema.setClass(Setting);
