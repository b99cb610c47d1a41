import { Injectable } from '@nestjs/common';
import { SettingsService } from '../settings/index.js';

const SETTING = 'alarms';

/** From when on something is wrong. */
export interface AlarmLimits {
  /** So long after a slot there must be a good backup; null = half the time until the next slot, at least an hour, at most a day. */
  graceMinutes: number | null;
  /** A fall of more than so many percent of the backup before, of bytes, files and rows; 0 = never. Sites may have their own. */
  sizePercent: number;
  filesPercent: number;
  rowsPercent: number;
  /** From this share of a quota on. */
  quotaPercent: number;
  /** A disk with less free than this; 0 = only by the size of the largest bundle. */
  diskPercent: number;
}

export const DEFAULT_LIMITS: AlarmLimits = {
  graceMinutes: null,
  sizePercent: 50,
  filesPercent: 50,
  rowsPercent: 50,
  quotaPercent: 80,
  diskPercent: 10,
};

/** The installation's limits for alarms. */
@Injectable()
export class AlarmSettings {
  constructor(private readonly settings: SettingsService) {}

  async get(): Promise<AlarmLimits> {
    return { ...DEFAULT_LIMITS, ...(await this.settings.get(SETTING)) };
  }

  /** Takes effect with the next round, within a minute, on all masters. */
  async set(limits: AlarmLimits): Promise<void> {
    await this.settings.set(SETTING, { ...limits });
  }
}
